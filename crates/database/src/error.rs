//! What can go wrong with the index.

use std::{io, path::PathBuf};

/// Why the index did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL names no database that is supported.
    #[error("the database URL must begin with sqlite:// or postgres://")]
    UnsupportedUrl,
    /// The database could not be reached or opened.
    #[error("the database could not be opened")]
    Open(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database schema could not be brought up to date")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The disk that the database lies on is full.
    #[error("the database has no space left")]
    Full(#[source] sqlx::Error),
    /// A statement failed.
    #[error("the database refused a statement")]
    Statement(#[source] sqlx::Error),
    /// Level attributes were not a DICOM JSON object.
    #[error("the {level} attributes are no DICOM JSON object")]
    Attributes {
        /// `patient`, `study`, `series` or `instance`.
        level: &'static str,
        /// What the JSON parser said.
        #[source]
        source: serde_json::Error,
    },
    /// A number does not fit the column.
    #[error("{what} is out of range")]
    OutOfRange {
        /// Which number.
        what: &'static str,
    },
    /// A stored row does not read back.
    #[error("the index holds a row that cannot be read: {what}")]
    Corrupt {
        /// What was wrong with it.
        what: String,
    },
    /// Somebody else has the lock: another verb, another node.
    #[error("{holder} holds the lock")]
    Locked {
        /// Who, as far as it can be told.
        holder: String,
    },
    /// The file of a lock cannot be used.
    #[error("{} cannot be locked", path.display())]
    Lock {
        /// The file beside the database.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The writer has ended: the database was closed.
    #[error("the database is closed")]
    Closed,
}

impl From<sqlx::Error> for DatabaseError {
    fn from(error: sqlx::Error) -> Self {
        /// PostgreSQL `disk_full`; SQLite `SQLITE_FULL`, and `SQLITE_IOERR_SHMSIZE`, which is what a
        /// full disk makes of growing the shared-memory file.
        const FULL: [&str; 3] = ["53100", "13", "4874"];
        let full = error
            .as_database_error()
            .and_then(|e| e.code())
            .is_some_and(|code| FULL.contains(&code.as_ref()));
        if full {
            Self::Full(error)
        } else {
            Self::Statement(error)
        }
    }
}

impl DatabaseError {
    /// Whether the database refused because its disk is full.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }

    /// Whether somebody else has the lock that was asked for.
    pub fn is_locked(&self) -> bool {
        matches!(self, Self::Locked { .. })
    }

    /// Whether trying again may help: another process was in the way (PostgreSQL deadlock,
    /// serialization failure, a row that came or went in between; SQLite busy).
    pub(crate) fn is_transient(&self) -> bool {
        const TRANSIENT: [&str; 7] = ["40P01", "40001", "23505", "23503", "5", "261", "517"];
        let Self::Statement(error) = self else {
            return false;
        };
        error
            .as_database_error()
            .and_then(|e| e.code())
            .is_some_and(|code| TRANSIENT.contains(&code.as_ref()))
    }
}
