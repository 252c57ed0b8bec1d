//! The pools of connections, of whichever database.

use std::{path::Path, time::Duration};

use sqlx::{
    ConnectOptions, Connection as _, PgPool, SqliteConnection, SqlitePool,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::Mutex;

use crate::{
    DatabaseError, Settings, migrations,
    sql::{Connection, Dialect, Transaction},
};

/// How long a statement waits for another process's write lock, and a caller for a connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a PostgreSQL server may take to answer at start.
const FIRST_CONNECTION: Duration = Duration::from_secs(5);

/// Statements a connection keeps prepared.
const PREPARED: usize = 256;

/// What every connection to SQLite is set to. The write-ahead log is copied into the database after
/// 4000 pages.
const SQLITE_PRAGMAS: [(&str, &str); 3] = [
    ("wal_autocheckpoint", "4000"),
    ("cache_size", "-16000"),
    ("temp_store", "MEMORY"),
];

/// The group-commit writer's one connection; none once it is closed.
pub(crate) type SqliteWriter = Mutex<Option<rusqlite::Connection>>;

/// The pools.
#[derive(Debug)]
pub(crate) enum Store {
    /// SQLite has one writer at a time: reading and writing are apart, so that no reader waits for a
    /// connection that waits for the write lock.
    Sqlite {
        readers: SqlitePool,
        writer: SqliteWriter,
        /// Everything else that writes: accounts, deletion.
        others: SqlitePool,
    },
    Postgres {
        pool: PgPool,
        /// The group-commit writer's connections plan each statement once: planning the one that
        /// writes a batch takes longer than running it, and PostgreSQL would do it every time,
        /// because it prices a plan for one row below the plan for any number.
        writer: PgPool,
    },
}

/// A connection out of a pool.
pub(crate) enum Lent {
    Sqlite(PoolConnection<sqlx::Sqlite>),
    Postgres(PoolConnection<sqlx::Postgres>),
}

impl Lent {
    pub(crate) fn connection(&mut self) -> Connection<'_> {
        match self {
            Self::Sqlite(lent) => Connection::Sqlite(&mut *lent),
            Self::Postgres(lent) => Connection::Postgres(&mut *lent),
        }
    }
}

impl Store {
    pub(crate) async fn open(settings: &Settings) -> Result<Self, DatabaseError> {
        let (scheme, _) = settings
            .url
            .split_once(':')
            .ok_or(DatabaseError::UnsupportedUrl)?;
        match scheme {
            "sqlite" => Self::open_sqlite(settings).await,
            "postgres" | "postgresql" => Self::open_postgres(settings).await,
            _ => Err(DatabaseError::UnsupportedUrl),
        }
    }

    async fn open_sqlite(settings: &Settings) -> Result<Self, DatabaseError> {
        let options = settings
            .url
            .parse::<SqliteConnectOptions>()
            .map_err(DatabaseError::open)?;
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(PATIENCE)
            .foreign_keys(true)
            .page_size(8192)
            .statement_cache_capacity(PREPARED);
        let options = SQLITE_PRAGMAS
            .iter()
            .fold(options, |options, (name, value)| {
                options.pragma(*name, *value)
            });
        let pool = |connections: u32| {
            SqlitePoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(PATIENCE)
                .test_before_acquire(false)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let mut first = options.connect().await.map_err(DatabaseError::open)?;
        migrate_sqlite(&mut first).await?;
        let writer = sqlite_writer(options.get_filename()).map_err(DatabaseError::open)?;
        // Not before: the last connection that closes removes the write-ahead log.
        first.close().await.map_err(DatabaseError::open)?;
        let readers = options.clone().pragma("query_only", "ON");
        Ok(Self::Sqlite {
            writer: Mutex::new(Some(writer)),
            readers: pool(settings.readers.max(1)).connect_lazy_with(readers),
            others: pool(1).connect_lazy_with(options),
        })
    }

    async fn open_postgres(settings: &Settings) -> Result<Self, DatabaseError> {
        let options = settings
            .url
            .parse::<PgConnectOptions>()
            .map_err(DatabaseError::open)?;
        let options = options
            .application_name("yingyun")
            .options([
                ("synchronous_commit", "on"),
                // Indexes lie on disks without arms, and no statement runs so long that compiling
                // it would pay.
                ("random_page_cost", "1.1"),
                ("jit", "off"),
                // Starting workers takes longer than a page.
                ("max_parallel_workers_per_gather", "0"),
            ])
            .statement_cache_capacity(PREPARED);
        let pool = |connections: u32| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(PATIENCE)
        };
        let once = options
            .clone()
            .options([("plan_cache_mode", "force_generic_plan")]);
        first_connection(&options).await?;
        let writer = pool(1)
            .connect_with(once)
            .await
            .map_err(DatabaseError::open)?;
        migrations::postgres()
            .run(&writer)
            .await
            .map_err(DatabaseError::Migrate)?;
        // Some more for what writes but is not the writer.
        let pool = pool(settings.readers.max(1) + 2).connect_lazy_with(options);
        Ok(Self::Postgres { pool, writer })
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite { .. } => Dialect::Sqlite,
            Self::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// A connection to read by.
    pub(crate) async fn reader(&self) -> Result<Lent, DatabaseError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Lent::Sqlite(readers.acquire().await?),
            Self::Postgres { pool, .. } => Lent::Postgres(pool.acquire().await?),
        })
    }

    /// A transaction of whatever else writes.
    pub(crate) async fn begin(&self) -> Result<Transaction, DatabaseError> {
        Ok(match self {
            Self::Sqlite { others, .. } => {
                Transaction::Sqlite(others.begin_with("BEGIN IMMEDIATE").await?)
            }
            Self::Postgres { pool, .. } => Transaction::Postgres(pool.begin().await?),
        })
    }

    /// Bytes that an unprivileged process may still write beside an SQLite database.
    pub(crate) fn free_space(&self) -> Option<u64> {
        let Self::Sqlite { others, .. } = self else {
            return None;
        };
        let options = others.connect_options();
        let space = rustix::fs::statvfs(options.get_filename()).ok()?;
        space.f_bavail.checked_mul(space.f_frsize)
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite {
                readers,
                writer,
                others,
            } => {
                readers.close().await;
                others.close().await;
                // What was committed is durable, however the connection ends.
                drop(writer.lock().await.take());
            }
            Self::Postgres { pool, writer } => {
                pool.close().await;
                writer.close().await;
            }
        }
    }
}

/// Tries one connection, and tells why it cannot be had: a pool would try again until its patience
/// ends, and say only that.
async fn first_connection(options: &PgConnectOptions) -> Result<(), DatabaseError> {
    let connect = async { options.connect().await?.close().await };
    tokio::time::timeout(FIRST_CONNECTION, connect)
        .await
        .unwrap_or_else(|_| Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()))
        .map_err(DatabaseError::open)
}

/// The group-commit writer's connection. The journal mode is the file's own.
fn sqlite_writer(file: &Path) -> rusqlite::Result<rusqlite::Connection> {
    let writer = rusqlite::Connection::open(file)?;
    writer.busy_timeout(PATIENCE)?;
    writer.set_prepared_statement_cache_capacity(PREPARED);
    writer.pragma_update(None, "synchronous", "FULL")?;
    writer.pragma_update(None, "foreign_keys", true)?;
    for (name, value) in SQLITE_PRAGMAS {
        writer.pragma_update(None, name, value)?;
    }
    Ok(writer)
}

/// Brings the schema up to date. sqlx takes no lock for that on SQLite: of two processes that start
/// at once on a new file one may fail, and finds the work done when it looks again.
async fn migrate_sqlite(connection: &mut SqliteConnection) -> Result<(), DatabaseError> {
    let steps = migrations::sqlite();
    let mut tries = 0;
    loop {
        match steps.run(&mut *connection).await {
            Ok(()) => return Ok(()),
            Err(
                sqlx::migrate::MigrateError::Execute(_)
                | sqlx::migrate::MigrateError::ExecuteMigration(..),
            ) if tries < 5 => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(50 * tries)).await;
            }
            Err(error) => return Err(DatabaseError::Migrate(error)),
        }
    }
}
