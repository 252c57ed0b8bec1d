//! Opening the database, whichever it is.

use std::sync::Arc;

use model::Clock;

use crate::DatabaseError;

/// Which database and how it is used.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `sqlite://PATH` (made when absent) or `postgres://USER@HOST:PORT/NAME`.
    pub url: String,
    /// Connections that read at once.
    pub readers: u32,
}

impl Settings {
    /// The settings for `url` with eight readers.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            readers: 8,
        }
    }
}

/// The index. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Database {
    _clock: Arc<dyn Clock>,
}

impl Database {
    /// Opens the database, makes it when it is SQLite and absent, and brings its schema up to date.
    pub async fn open(_settings: &Settings, _clock: Arc<dyn Clock>) -> Result<Self, DatabaseError> {
        unimplemented!()
    }

    /// Whether the database answers.
    pub async fn ready(&self) -> Result<(), DatabaseError> {
        unimplemented!()
    }

    /// Lets the writer end its work and closes every connection.
    pub async fn close(&self) {
        unimplemented!()
    }
}
