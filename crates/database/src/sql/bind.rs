//! Values that statements are given.

use sqlx::{Arguments, postgres::PgArguments, sqlite::SqliteArguments};

use crate::DatabaseError;

/// A value, or SQL's NULL of its type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Bind {
    Text(Option<String>),
    Number(Option<i64>),
    Bytes(Option<Vec<u8>>),
}

impl Bind {
    /// Text without NUL, which PostgreSQL cannot hold; a blank stands in its place.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        let mut text = text.into();
        if text.contains('\0') {
            text = text.replace('\0', " ");
        }
        Self::Text(Some(text))
    }

    pub(crate) fn number(number: i64) -> Self {
        Self::Number(Some(number))
    }

    pub(crate) fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bytes(Some(bytes.into()))
    }

    /// A count or offset; `what` names it when it does not fit.
    pub(crate) fn size(what: &'static str, size: u64) -> Result<Self, DatabaseError> {
        i64::try_from(size)
            .map(Self::number)
            .map_err(|_| DatabaseError::OutOfRange { what })
    }
}

fn encoding(source: sqlx::error::BoxDynError) -> sqlx::Error {
    sqlx::Error::Encode(source)
}

pub(super) fn sqlite(binds: Vec<Bind>) -> Result<SqliteArguments, sqlx::Error> {
    let mut arguments = SqliteArguments::default();
    for bind in binds {
        match bind {
            Bind::Text(value) => arguments.add(value),
            Bind::Number(value) => arguments.add(value),
            Bind::Bytes(value) => arguments.add(value),
        }
        .map_err(encoding)?;
    }
    Ok(arguments)
}

pub(super) fn postgres(binds: Vec<Bind>) -> Result<PgArguments, sqlx::Error> {
    let mut arguments = PgArguments::default();
    for bind in binds {
        match bind {
            Bind::Text(value) => arguments.add(value),
            Bind::Number(value) => arguments.add(value),
            Bind::Bytes(value) => arguments.add(value),
        }
        .map_err(encoding)?;
    }
    Ok(arguments)
}
