//! Rows that come back.

use rusqlite::types::{FromSql, Value};
use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};

use crate::DatabaseError;

/// A row of either database; columns are read by their position.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Direct(Vec<Value>),
    Postgres(PgRow),
}

macro_rules! getter {
    ($name:ident, $type:ty) => {
        pub(crate) fn $name(&self, column: usize) -> Result<$type, DatabaseError> {
            Ok(match self {
                Self::Sqlite(row) => row.try_get(column)?,
                Self::Direct(row) => direct(row, column)?,
                Self::Postgres(row) => row.try_get(column)?,
            })
        }
    };
}

impl Row {
    getter!(text, String);
    getter!(text_or_null, Option<String>);
    getter!(number, i64);
    getter!(number_or_null, Option<i64>);
    getter!(bytes, Vec<u8>);
    getter!(bytes_or_null, Option<Vec<u8>>);

    /// A count, length or offset that is never negative.
    pub(crate) fn size(&self, column: usize) -> Result<u64, DatabaseError> {
        u64::try_from(self.number(column)?).map_err(|_| corrupt("a negative size"))
    }

    /// The same, of 32 bits.
    pub(crate) fn small(&self, column: usize) -> Result<u32, DatabaseError> {
        u32::try_from(self.number(column)?).map_err(|_| corrupt("a size out of range"))
    }

    /// Text that reads as `T`.
    pub(crate) fn parsed<T>(
        &self,
        column: usize,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, DatabaseError> {
        parse(&self.text(column)?).ok_or_else(|| corrupt("a key that does not parse"))
    }

    /// A digest of 32 bytes.
    pub(crate) fn digest(&self, column: usize) -> Result<[u8; 32], DatabaseError> {
        self.bytes(column)?
            .try_into()
            .map_err(|_| corrupt("a digest of another length"))
    }
}

fn direct<T: FromSql>(row: &[Value], column: usize) -> Result<T, DatabaseError> {
    let value = row.get(column).ok_or_else(|| corrupt("too few columns"))?;
    T::column_result(value.into()).map_err(|_| corrupt("a column of another type"))
}

fn corrupt(what: &str) -> DatabaseError {
    DatabaseError::Corrupt { what: what.into() }
}
