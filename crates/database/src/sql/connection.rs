//! Connections and transactions of either database.

use futures::{
    StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use sqlx::{AssertSqlSafe, PgConnection, Postgres, SqlSafeStr, SqlStr, Sqlite, SqliteConnection};

use super::{Bind, Row, bind, direct};
use crate::{DatabaseError, generation};

/// Which database a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

/// A borrowed connection.
pub(crate) enum Connection<'c> {
    Sqlite(&'c mut SqliteConnection),
    /// SQLite's one writer.
    Direct(&'c mut rusqlite::Connection),
    Postgres(&'c mut PgConnection),
}

/// Statement texts are literals, or put together from literals by this crate; whatever came from
/// outside is bound.
fn text(sql: &str) -> SqlStr {
    AssertSqlSafe(sql).into_sql_str()
}

impl Connection<'_> {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) | Self::Direct(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement; returns how many rows it changed.
    pub(crate) async fn execute(
        &mut self,
        sql: &str,
        binds: Vec<Bind>,
    ) -> Result<u64, DatabaseError> {
        Ok(match self {
            Self::Sqlite(connection) => sqlx::query_with(text(sql), bind::sqlite(binds)?)
                .execute(&mut **connection)
                .await?
                .rows_affected(),
            Self::Direct(connection) => direct::execute(connection, sql, &binds)?,
            Self::Postgres(connection) => sqlx::query_with(text(sql), bind::postgres(binds)?)
                .execute(&mut **connection)
                .await?
                .rows_affected(),
        })
    }

    /// Runs a statement; returns its rows as they come.
    pub(crate) fn stream<'s>(
        &'s mut self,
        sql: &str,
        binds: Vec<Bind>,
    ) -> Result<BoxStream<'s, Result<Row, DatabaseError>>, DatabaseError> {
        Ok(match self {
            Self::Sqlite(connection) => {
                sqlx::query_with::<Sqlite, _>(text(sql), bind::sqlite(binds)?)
                    .fetch(&mut **connection)
                    .map(|row| Ok(Row::Sqlite(row?)))
                    .boxed()
            }
            Self::Direct(connection) => {
                let rows = direct::fetch(connection, sql, &binds)?;
                stream::iter(rows.into_iter().map(Ok)).boxed()
            }
            Self::Postgres(connection) => {
                sqlx::query_with::<Postgres, _>(text(sql), bind::postgres(binds)?)
                    .fetch(&mut **connection)
                    .map(|row| Ok(Row::Postgres(row?)))
                    .boxed()
            }
        })
    }

    /// Runs a statement; returns all its rows.
    pub(crate) async fn fetch(
        &mut self,
        sql: &str,
        binds: Vec<Bind>,
    ) -> Result<Vec<Row>, DatabaseError> {
        self.stream(sql, binds)?.try_collect().await
    }

    /// Runs a statement that PostgreSQL shall plan for these very values: a plan for any would take a
    /// limit for a tenth of the table.
    pub(crate) async fn fetch_planned(
        &mut self,
        sql: &str,
        binds: Vec<Bind>,
    ) -> Result<Vec<Row>, DatabaseError> {
        let Self::Postgres(connection) = self else {
            return self.fetch(sql, binds).await;
        };
        let rows = sqlx::query_with::<Postgres, _>(text(sql), bind::postgres(binds)?)
            .persistent(false)
            .fetch_all(&mut **connection)
            .await?;
        Ok(rows.into_iter().map(Row::Postgres).collect())
    }

    /// Runs a statement; returns its first row, if any.
    pub(crate) async fn fetch_first(
        &mut self,
        sql: &str,
        binds: Vec<Bind>,
    ) -> Result<Option<Row>, DatabaseError> {
        Ok(self.fetch(sql, binds).await?.into_iter().next())
    }
}

/// A transaction; rolled back when it is dropped.
pub(crate) enum Transaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Transaction {
    pub(crate) fn connection(&mut self) -> Connection<'_> {
        match self {
            Self::Sqlite(transaction) => Connection::Sqlite(&mut *transaction),
            Self::Postgres(transaction) => Connection::Postgres(&mut *transaction),
        }
    }

    pub(crate) async fn commit(self) -> Result<(), DatabaseError> {
        let committed = match self {
            Self::Sqlite(transaction) => transaction.commit().await,
            Self::Postgres(transaction) => transaction.commit().await,
        };
        // After an error it is not known whether it did.
        generation::happened();
        committed.map_err(DatabaseError::from)
    }
}
