//! What can go wrong with the index.

use std::{borrow::Cow, io, path::PathBuf};

/// Why the index did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The URL names no database that is supported.
    #[error("the database URL must begin with sqlite:// or postgres://")]
    UnsupportedUrl,
    /// The database could not be reached or opened.
    #[error("the database could not be opened")]
    Open(#[source] Fault),
    /// The schema could not be brought up to date.
    #[error("the database schema could not be brought up to date")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// The disk that the database lies on is full.
    #[error("the database has no space left")]
    Full(#[source] Fault),
    /// A statement failed.
    #[error("the database refused a statement")]
    Statement(#[source] Fault),
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
    /// A cursor is none of a search at this level.
    #[error("the cursor is none of this search")]
    Cursor,
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

/// What the library that speaks to the database said.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The pools' library.
    #[error(transparent)]
    Pool(#[from] sqlx::Error),
    /// The library of SQLite's one writer.
    #[error(transparent)]
    Writer(#[from] rusqlite::Error),
}

impl Fault {
    /// The database's own code: SQLSTATE, or SQLite's extended result code.
    fn code(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Pool(error) => error.as_database_error()?.code(),
            Self::Writer(error) => Some(error.sqlite_error()?.extended_code.to_string().into()),
        }
    }

    fn is_one_of(&self, codes: &[&str]) -> bool {
        self.code().is_some_and(|code| codes.contains(&&*code))
    }
}

impl<E: Into<Fault>> From<E> for DatabaseError {
    fn from(error: E) -> Self {
        /// PostgreSQL `disk_full`; SQLite `SQLITE_FULL`, and `SQLITE_IOERR_SHMSIZE`, which is what a
        /// full disk makes of growing the shared-memory file.
        const FULL: [&str; 3] = ["53100", "13", "4874"];
        let fault = error.into();
        if fault.is_one_of(&FULL) {
            Self::Full(fault)
        } else {
            Self::Statement(fault)
        }
    }
}

impl DatabaseError {
    pub(crate) fn open(fault: impl Into<Fault>) -> Self {
        Self::Open(fault.into())
    }

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
        matches!(self, Self::Statement(fault) if fault.is_one_of(&TRANSIENT))
    }
}
