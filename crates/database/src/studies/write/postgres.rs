//! A batch on PostgreSQL: one statement for all new instances, one transaction for the rest.

use std::collections::HashSet;

use sqlx::{Arguments, PgPool, postgres::PgArguments};

use super::{Committed, Done, Prepared, Work, beside, statements, with_retries};
use crate::{
    DatabaseError, audit,
    sql::{Bind, Connection},
    store::Store,
};

pub(super) async fn batch(
    store: &Store,
    writer: &PgPool,
    work: &[Work],
) -> Vec<Result<Done, DatabaseError>> {
    let mut done: Vec<Option<Result<Done, DatabaseError>>> = Vec::with_capacity(work.len());
    let mut rows = Vec::with_capacity(work.len());
    for (at, one) in work.iter().enumerate() {
        done.push(match one {
            Work::Instance(row) => {
                rows.push((at, row.as_ref()));
                None
            }
            Work::Episode(entry) => Some(audit::alone(store, entry).await.map(|()| Done::Episode)),
        });
    }
    // One order for all nodes, so that they seldom meet in a deadlock.
    rows.sort_by(|(_, a), (_, b)| a.object.cmp(&b.object));
    let mut waiting = vec![rows];
    while let Some(mut rows) = waiting.pop() {
        if rows.is_empty() {
            continue;
        }
        let attempt = async {
            let old = with_retries(async || write_new(writer, &rows).await).await?;
            with_retries(async || write_beside(writer, &old).await).await
        };
        match attempt.await {
            Ok(beside) => {
                for (at, _) in &rows {
                    done[*at] = Some(Ok(Done::Instance(Committed::Stored)));
                }
                for (at, committed) in beside {
                    done[at] = Some(Ok(Done::Instance(committed)));
                }
            }
            Err(error) if rows.len() == 1 => done[rows[0].0] = Some(Err(error)),
            // One of them is at fault: halve until it stands alone. What was written already is
            // known by its ULID.
            Err(_) => {
                let half = rows.split_off(rows.len() / 2);
                waiting.push(half);
                waiting.push(rows);
            }
        }
    }
    done.into_iter()
        .map(|one| one.unwrap_or(Err(DatabaseError::Closed)))
        .collect()
}

/// Writes those that are the first of their instance; returns the others.
async fn write_new<'r>(
    writer: &PgPool,
    rows: &[(usize, &'r Prepared)],
) -> Result<Vec<(usize, &'r Prepared)>, DatabaseError> {
    let written: HashSet<(String, String)> =
        sqlx::query_as_with::<_, (String, String), _>(statements::POSTGRES_NEW, columns(rows)?)
            .fetch_all(writer)
            .await?
            .into_iter()
            .collect();
    Ok(rows
        .iter()
        .filter(|(_, row)| {
            let key = (
                row.object.instance.sop.as_str().to_owned(),
                row.version.ulid.clone(),
            );
            !written.contains(&key)
        })
        .copied()
        .collect())
}

async fn write_beside(
    writer: &PgPool,
    rows: &[(usize, &Prepared)],
) -> Result<Vec<(usize, Committed)>, DatabaseError> {
    let mut written = Vec::with_capacity(rows.len());
    if rows.is_empty() {
        return Ok(written);
    }
    let mut transaction = writer.begin().await?;
    for (at, row) in rows {
        let mut connection = Connection::Postgres(&mut transaction);
        let committed = beside::write(&mut connection, row).await?;
        written.push((*at, committed));
    }
    transaction.commit().await?;
    Ok(written)
}

/// The rows' values as one array a column.
fn columns(rows: &[(usize, &Prepared)]) -> Result<PgArguments, DatabaseError> {
    let mut arguments = PgArguments::default();
    let width = rows.first().map_or(0, |(_, row)| row.binds.len());
    for column in 0..width {
        let values = rows.iter().map(|(_, row)| &row.binds[column]);
        let added = match &rows[0].1.binds[column] {
            Bind::Text(_) => arguments.add(values.map(as_text).collect::<Vec<_>>()),
            Bind::Number(_) => arguments.add(values.map(as_number).collect::<Vec<_>>()),
            Bind::Bytes(_) => arguments.add(values.map(as_bytes).collect::<Vec<_>>()),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn as_text(bind: &Bind) -> Option<&str> {
    match bind {
        Bind::Text(text) => text.as_deref(),
        _ => None,
    }
}

fn as_number(bind: &Bind) -> Option<i64> {
    match bind {
        Bind::Number(number) => *number,
        _ => None,
    }
}

fn as_bytes(bind: &Bind) -> Option<&[u8]> {
    match bind {
        Bind::Bytes(bytes) => bytes.as_deref(),
        _ => None,
    }
}
