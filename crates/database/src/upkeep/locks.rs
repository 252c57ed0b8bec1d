//! Locks between processes and nodes. On PostgreSQL they are advisory locks of a connection of their
//! own, beside SQLite's file they are locked files: the system takes them back when their holder
//! dies, so none has to expire and no clock decides.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{ErrorKind, Read, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use sqlx::{ConnectOptions, Connection as _, PgConnection, postgres::PgConnectOptions};

use crate::{Database, DatabaseError, sql::Connection, store::Store};

/// How long a lock is waited for: a holder that was killed may still be on its way out.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often it is tried.
const AGAIN: Duration = Duration::from_millis(100);
/// How long PostgreSQL may take to answer for a lock.
const ANSWER: Duration = Duration::from_secs(10);
/// First part of our advisory locks: `YYlk`.
const SPACE: i32 = 0x5959_6C6B;
/// After how long PostgreSQL learns that the holder's machine is gone: 30 s and three times 10.
const KEEPALIVE: [(&str, &str); 3] = [
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
];

/// What is locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    /// Changing archive and index together.
    Upkeep,
    /// Taking objects in.
    Receiving,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Alone,
    Shared,
}

/// A lock that is held until it is released or dropped, or the process ends.
#[derive(Debug)]
pub struct Lock {
    held: Held,
}

#[derive(Debug)]
enum Held {
    File { _locked: File },
    Session(Box<PgConnection>),
}

impl Database {
    /// The lock of verbs that change archive and index together: one at a time, wherever it runs.
    /// `verb` is what another is told; [`DatabaseError::Locked`] tells who holds it.
    pub async fn lock_upkeep(&self, verb: &str) -> Result<Lock, DatabaseError> {
        self.lock(What::Upkeep, Mode::Alone, verb, PATIENCE).await
    }

    /// The lock of whoever takes objects in: many may.
    pub async fn lock_receiving(&self, verb: &str) -> Result<Lock, DatabaseError> {
        self.lock(What::Receiving, Mode::Shared, verb, PATIENCE)
            .await
    }

    /// Keeps everybody from taking objects in; fails while somebody does.
    pub async fn lock_out_receivers(&self, verb: &str) -> Result<Lock, DatabaseError> {
        self.lock(What::Receiving, Mode::Alone, verb, PATIENCE)
            .await
    }

    async fn lock(
        &self,
        what: What,
        mode: Mode,
        verb: &str,
        patience: Duration,
    ) -> Result<Lock, DatabaseError> {
        let began = Instant::now();
        loop {
            let tried = match self.store() {
                Store::Sqlite { others, .. } => {
                    let options = others.connect_options();
                    lock_file(options.get_filename(), what, mode, verb)
                }
                Store::Postgres { pool, .. } => {
                    lock_session(&pool.connect_options(), what, mode, verb).await
                }
            };
            match tried {
                Err(DatabaseError::Locked { .. }) if began.elapsed() < patience => {
                    tokio::time::sleep(AGAIN).await;
                }
                other => return other,
            }
        }
    }
}

impl Lock {
    /// Fails when the lock was lost: its connection to PostgreSQL broke.
    pub async fn held(&mut self) -> Result<(), DatabaseError> {
        match &mut self.held {
            Held::File { .. } => Ok(()),
            Held::Session(connection) => answered(connection.ping()).await,
        }
    }

    /// Gives the lock back; returns when another may have it.
    pub async fn release(self) {
        match self.held {
            Held::File { _locked } => drop(_locked),
            // The server takes the lock back when the connection is gone, however it ends.
            Held::Session(connection) => drop(connection.close().await),
        }
    }
}

/// How a holder names itself: what it does and its process.
fn holder(verb: &str) -> String {
    format!("yingyun {verb}, process {}", std::process::id())
}

fn lock_file(database: &Path, what: What, mode: Mode, verb: &str) -> Result<Lock, DatabaseError> {
    let path = beside(database, what);
    let failed = |source| DatabaseError::Lock {
        path: path.clone(),
        source,
    };
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(failed)?;
    let tried = match mode {
        Mode::Alone => file.try_lock(),
        Mode::Shared => file.try_lock_shared(),
    };
    match tried {
        Ok(()) => {}
        Err(TryLockError::Error(error)) => return Err(failed(error)),
        Err(TryLockError::WouldBlock) => {
            // Only one that holds it alone wrote its name.
            let mut name = String::new();
            let named = (what, mode) != (What::Receiving, Mode::Alone)
                && file.read_to_string(&mut name).is_ok()
                && !name.is_empty();
            let holder = if named {
                name
            } else {
                "a server or an import".into()
            };
            return Err(DatabaseError::Locked { holder });
        }
    }
    if mode == Mode::Alone {
        file.set_len(0)
            .and_then(|()| file.write_all(holder(verb).as_bytes()))
            .map_err(failed)?;
    }
    Ok(Lock {
        held: Held::File { _locked: file },
    })
}

/// The file that stands for a lock, `index.sqlite-upkeep`. It stays: who takes a locked file away
/// lets a second holder in.
fn beside(database: &Path, what: What) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(match what {
        What::Upkeep => "-upkeep",
        What::Receiving => "-receiving",
    });
    name.into()
}

/// A broken connection may not tell that it is: what has no answer in time has failed.
async fn answered<T>(
    asked: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, DatabaseError> {
    match tokio::time::timeout(ANSWER, asked).await {
        Ok(answer) => Ok(answer?),
        Err(_) => Err(sqlx::Error::Io(ErrorKind::TimedOut.into()).into()),
    }
}

async fn lock_session(
    options: &PgConnectOptions,
    what: What,
    mode: Mode,
    verb: &str,
) -> Result<Lock, DatabaseError> {
    let options = options
        .clone()
        .application_name(&holder(verb))
        .options(KEEPALIVE);
    let mut connection = Box::new(answered(options.connect()).await?);
    let number = match what {
        What::Upkeep => 1,
        What::Receiving => 2,
    };
    let function = match mode {
        Mode::Alone => "pg_try_advisory_lock",
        Mode::Shared => "pg_try_advisory_lock_shared",
    };
    let sql = format!("SELECT {function}({SPACE}, {number})::int::bigint");
    let row = Connection::Postgres(&mut connection)
        .fetch_first(&sql, Vec::new())
        .await?;
    if row.is_some_and(|row| row.number(0).is_ok_and(|got| got == 1)) {
        return Ok(Lock {
            held: Held::Session(connection),
        });
    }
    let sql = format!(
        "SELECT a.application_name || COALESCE(' on ' || host(a.client_addr), '') \
         FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid \
         WHERE l.locktype = 'advisory' AND l.granted AND l.classid = {SPACE} AND l.objid = {number} \
         AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
         ORDER BY l.pid LIMIT 1"
    );
    let row = Connection::Postgres(&mut connection)
        .fetch_first(&sql, Vec::new())
        .await?;
    let holder = row.and_then(|row| row.text_or_null(0).ok().flatten());
    drop(connection.close().await);
    Err(DatabaseError::Locked {
        holder: holder.unwrap_or_else(|| "another process".into()),
    })
}
