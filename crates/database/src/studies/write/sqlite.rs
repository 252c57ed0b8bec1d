//! A batch on SQLite: one transaction, a savepoint an instance.

use std::sync::LazyLock;

use super::{Committed, Done, Prepared, Work, beside, statements, with_retries};
use crate::{DatabaseError, audit, sql::Connection, store::Store};

static NEW: LazyLock<String> = LazyLock::new(statements::sqlite_new);

pub(super) async fn batch(store: &Store, work: &[Work]) -> Vec<Result<Done, DatabaseError>> {
    match with_retries(|| transaction(store, work)).await {
        Ok(done) => done,
        Err(error) if work.len() == 1 => vec![Err(error)],
        // The transaction as a whole failed: each on its own tells which of them cannot be written.
        Err(_) => {
            let mut done = Vec::with_capacity(work.len());
            for one in work {
                done.push(
                    with_retries(|| transaction(store, std::slice::from_ref(one)))
                        .await
                        .and_then(|mut one| one.pop().unwrap_or(Err(DatabaseError::Closed))),
                );
            }
            done
        }
    }
}

/// Fails when the transaction as a whole does.
async fn transaction(
    store: &Store,
    work: &[Work],
) -> Result<Vec<Result<Done, DatabaseError>>, DatabaseError> {
    let mut transaction = store.begin_batch().await?;
    let mut done = Vec::with_capacity(work.len());
    for one in work {
        let mut connection = transaction.connection();
        let result = match one {
            Work::Instance(row) => instance(&mut connection, row).await.map(Done::Instance),
            Work::Episode(entry) => audit::append(&mut connection, entry)
                .await
                .map(|()| Done::Episode),
        };
        if result.is_err() && matches!(one, Work::Instance(_)) {
            // Fails where SQLite has rolled the whole transaction back (disk full).
            let undo = "ROLLBACK TO instance; RELEASE instance";
            connection.execute(undo, Vec::new()).await?;
        }
        done.push(result);
    }
    transaction.commit().await?;
    Ok(done)
}

async fn instance(
    connection: &mut Connection<'_>,
    row: &Prepared,
) -> Result<Committed, DatabaseError> {
    if !connection.fetch(&NEW, row.binds.clone()).await?.is_empty() {
        return Ok(Committed::Stored);
    }
    connection.execute("SAVEPOINT instance", Vec::new()).await?;
    let committed = beside::write(connection, row).await?;
    connection.execute("RELEASE instance", Vec::new()).await?;
    Ok(committed)
}
