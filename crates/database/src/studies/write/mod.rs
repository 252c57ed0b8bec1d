//! Writing received objects into the index, a batch in one transaction.

mod beside;
mod postgres;
mod prepared;
mod sqlite;
mod statements;

pub(crate) use prepared::Prepared;

use super::{Committed, retries::Retries};
use crate::{DatabaseError, audit, store::Store};

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
    let mut retries = Retries::default();
    loop {
        match attempt().await {
            Err(error) if retries.again(&error).await => {}
            other => return other,
        }
    }
}
