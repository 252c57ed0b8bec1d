//! Opening the database, whichever it is.

use std::sync::Arc;

use model::Clock;
use time::OffsetDateTime;

use crate::{
    DatabaseError,
    sql::{Bind, Transaction},
    store::{Lent, Store},
    writer::Writer,
};

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
    store: Arc<Store>,
    writer: Arc<Writer>,
    clock: Arc<dyn Clock>,
}

impl Database {
    /// Opens the database, makes it when it is SQLite and absent, and brings its schema up to date.
    /// Must be called on a tokio runtime: the writer uses it.
    pub async fn open(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, DatabaseError> {
        let store = Arc::new(Store::open(settings).await?);
        let database = Self {
            writer: Arc::new(Writer::start(Arc::clone(&store))?),
            store,
            clock,
        };
        if database.lacks_terms().await? {
            let filling = database.clone();
            tokio::spawn(async move { filling.fill().await });
        }
        Ok(database)
    }

    /// Brings rows of an older release up to what searches go by, beside everything else.
    async fn fill(&self) {
        tracing::info!("names of an older release are being indexed");
        match self.fill_terms().await {
            Ok(rows) => tracing::info!(rows, "names of an older release are indexed"),
            Err(error) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                "names of an older release are not all indexed; the next start goes on"
            ),
        }
    }

    /// Whether the database answers.
    pub async fn ready(&self) -> Result<(), DatabaseError> {
        self.reader()
            .await?
            .connection()
            .fetch("SELECT 1", Vec::new())
            .await?;
        Ok(())
    }

    /// Lets the writer end its work and closes every connection. Every later call fails.
    pub async fn close(&self) {
        self.writer.stop().await;
        self.store.close().await;
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.writer
    }

    pub(crate) async fn reader(&self) -> Result<Lent, DatabaseError> {
        self.store.reader().await
    }

    pub(crate) async fn begin(&self) -> Result<Transaction, DatabaseError> {
        self.store.begin().await
    }

    /// One statement that writes, in a transaction of its own; returns how many rows it changed.
    pub(crate) async fn change(&self, sql: &str, binds: Vec<Bind>) -> Result<u64, DatabaseError> {
        let mut transaction = self.begin().await?;
        let changed = transaction.connection().execute(sql, binds).await?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// Bytes free on the disk of an SQLite database; none for PostgreSQL, whose disk is not seen from
    /// here.
    pub fn free_space(&self) -> Option<u64> {
        self.store.free_space()
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }
}
