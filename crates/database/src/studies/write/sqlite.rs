//! A batch on SQLite: one transaction, a savepoint an instance.

use rusqlite::Connection as Sqlite;

use super::{Committed, Done, Prepared, Work, beside, statements, with_retries};
use crate::{
    DatabaseError, audit,
    sql::{Connection, direct},
    store::SqliteWriter,
};

pub(super) async fn batch(
    writer: &SqliteWriter,
    work: &[Work],
) -> Vec<Result<Done, DatabaseError>> {
    let mut writer = writer.lock().await;
    let Some(writer) = writer.as_mut() else {
        return work.iter().map(|_| Err(DatabaseError::Closed)).collect();
    };
    match with_retries(async || transaction(writer, work).await).await {
        Ok(done) => done,
        Err(error) if work.len() == 1 => vec![Err(error)],
        // The transaction as a whole failed: each on its own tells which of them cannot be written.
        Err(_) => {
            let mut done = Vec::with_capacity(work.len());
            for one in work {
                let one = std::slice::from_ref(one);
                let alone = with_retries(async || transaction(writer, one).await).await;
                done.push(
                    alone.and_then(|mut one| one.pop().unwrap_or(Err(DatabaseError::Closed))),
                );
            }
            done
        }
    }
}

/// Fails when the transaction as a whole does.
async fn transaction(
    writer: &mut Sqlite,
    work: &[Work],
) -> Result<Vec<Result<Done, DatabaseError>>, DatabaseError> {
    let written = write(writer, work).await;
    if written.is_err() {
        // There is nothing to roll back where SQLite did so itself.
        run(writer, "ROLLBACK").ok();
    }
    written
}

async fn write(
    writer: &mut Sqlite,
    work: &[Work],
) -> Result<Vec<Result<Done, DatabaseError>>, DatabaseError> {
    run(writer, "BEGIN IMMEDIATE")?;
    let mut done = Vec::with_capacity(work.len());
    for one in work {
        done.push(match one {
            Work::Instance(row) => {
                run(writer, "SAVEPOINT instance")?;
                let written = instance(writer, row).await;
                match written {
                    // Where SQLite has rolled the whole transaction back (disk full), there is no
                    // savepoint, and the batch has failed with this.
                    Err(error) if run(writer, "ROLLBACK TO instance").is_err() => {
                        return Err(error);
                    }
                    written => {
                        run(writer, "RELEASE instance")?;
                        written.map(Done::Instance)
                    }
                }
            }
            Work::Episode(entry) => audit::append(&mut Connection::Direct(writer), entry)
                .await
                .map(|()| Done::Episode),
        });
    }
    run(writer, "COMMIT")?;
    Ok(done)
}

async fn instance(writer: &mut Sqlite, row: &Prepared) -> Result<Committed, DatabaseError> {
    if new(writer, row)? {
        return Ok(Committed::Stored);
    }
    beside::write(&mut Connection::Direct(writer), row).await
}

/// Writes the first version of an instance; false, and nothing written, if there is one already.
fn new(writer: &Sqlite, row: &Prepared) -> Result<bool, DatabaseError> {
    for parent in statements::NEW_PARENTS {
        direct::execute(writer, parent, &row.binds)?;
    }
    if direct::execute(writer, statements::NEW_INSTANCE, &row.binds)? == 0 {
        return Ok(false);
    }
    direct::execute(writer, statements::CHANGE, &row.binds)?;
    direct::execute(writer, statements::NEW_CONTENTS, &row.binds)?;
    Ok(true)
}

fn run(writer: &Sqlite, sql: &str) -> Result<(), DatabaseError> {
    direct::execute(writer, sql, &[]).map(drop)
}
