//! SQLite on the calling thread: the writer's way, which changes threads for no statement
//! (docs/adr/0010-sqlite-writer.md).

use rusqlite::{
    CachedStatement, Connection, ToSql,
    types::{ToSqlOutput, Value, ValueRef},
};

use super::{Bind, Row};
use crate::DatabaseError;

/// Runs a statement that gives no rows; returns how many it changed.
pub(crate) fn execute(
    connection: &Connection,
    sql: &str,
    binds: &[Bind],
) -> Result<u64, DatabaseError> {
    let changed = prepare(connection, sql, binds)?.raw_execute()?;
    Ok(changed.try_into().unwrap_or_default())
}

/// Runs a statement; returns its rows.
pub(super) fn fetch(
    connection: &Connection,
    sql: &str,
    binds: &[Bind],
) -> Result<Vec<Row>, DatabaseError> {
    let mut statement = prepare(connection, sql, binds)?;
    let width = statement.column_count();
    let mut rows = statement.raw_query();
    let mut fetched = Vec::new();
    while let Some(row) = rows.next()? {
        let values: Result<Vec<Value>, _> = (0..width).map(|column| row.get(column)).collect();
        fetched.push(Row::Direct(values?));
    }
    Ok(fetched)
}

/// A statement with its values. SQLite takes `$5` for a name: the number in it says which value.
fn prepare<'c>(
    connection: &'c Connection,
    sql: &str,
    binds: &[Bind],
) -> Result<CachedStatement<'c>, DatabaseError> {
    let mut statement = connection.prepare_cached(sql)?;
    for index in 1..=statement.parameter_count() {
        let value = statement
            .parameter_name(index)
            .and_then(|name| name.get(1..)?.parse::<usize>().ok())
            .and_then(|number| binds.get(number.checked_sub(1)?))
            .ok_or(rusqlite::Error::InvalidParameterCount(index, binds.len()))?;
        statement.raw_bind_parameter(index, value)?;
    }
    Ok(statement)
}

impl ToSql for Bind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Number(Some(number)) => ValueRef::Integer(*number),
            Self::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
            Self::Text(None) | Self::Number(None) | Self::Bytes(None) => ValueRef::Null,
        }))
    }
}
