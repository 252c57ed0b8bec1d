//! Writing received objects into the index, a batch in one transaction.

mod beside;
mod postgres;
mod prepared;
mod sqlite;
mod statements;

use std::time::Duration;

pub(crate) use prepared::Prepared;

use super::Committed;
use crate::{DatabaseError, audit, store::Store};

/// How often a batch is tried again when another process was in the way.
const RETRIES: u32 = 8;

/// What waits for the writer.
#[derive(Debug)]
pub(crate) enum Work {
    Instance(Box<Prepared>),
    /// SQLite only: PostgreSQL's own group commit serves episodes better.
    Episode(audit::Entry),
}

/// What became of one piece of work.
#[derive(Debug)]
pub(crate) enum Done {
    Instance(Committed),
    Episode,
}

/// Writes a batch durably. Each piece succeeds or fails alone; the answers are in the order of the
/// batch.
pub(crate) async fn batch(store: &Store, work: &[Work]) -> Vec<Result<Done, DatabaseError>> {
    match store {
        Store::Sqlite { writer, .. } => sqlite::batch(writer, work).await,
        Store::Postgres { writer, .. } => postgres::batch(store, writer, work).await,
    }
}

/// Runs `attempt` again while another process is in the way.
async fn with_retries<T>(
    mut attempt: impl AsyncFnMut() -> Result<T, DatabaseError>,
) -> Result<T, DatabaseError> {
    let mut tries = 0;
    loop {
        match attempt().await {
            Err(error) if error.is_transient() && tries < RETRIES => {
                tries += 1;
                tracing::debug!(tries, "an index transaction is tried again");
                tokio::time::sleep(Duration::from_millis(u64::from(tries * tries))).await;
            }
            other => return other,
        }
    }
}
