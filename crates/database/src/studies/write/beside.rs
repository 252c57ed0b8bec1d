//! Writing a version of an instance that has others already: resend, replacement, another source.

use super::{
    super::{
        contents,
        versions::{self, Decision, State, Version},
    },
    Committed, Prepared,
    prepared::{KIND, STATE},
    statements,
};
use crate::{
    DatabaseError,
    sql::{Bind, Connection, Dialect},
};

/// Writes one version in the caller's transaction.
pub(super) async fn write(
    connection: &mut Connection<'_>,
    row: &Prepared,
) -> Result<Committed, DatabaseError> {
    let instance = &row.binds[..4];
    if connection.dialect() == Dialect::Postgres {
        // Whoever writes into the series refers to its row: none is in flight past this lock, and
        // the next statement sees what they wrote.
        let lock = "SELECT 1 FROM series WHERE institution_id = $1 AND study_uid = $2 AND \
                    series_uid = $3 FOR UPDATE";
        connection.fetch(lock, row.binds[..3].to_vec()).await?;
    }
    let version = &row.version;
    let content = with(
        instance,
        [
            Bind::text(version.ulid.as_str()),
            Bind::bytes(version.digest),
            Bind::text(version.transfer_syntax.as_str()),
        ],
    );
    let twin = connection
        .fetch_first(statements::REJECTED, content)
        .await?;
    if twin.is_some() {
        return Ok(Committed::Rejected);
    }
    let there = read(connection, instance).await?;
    let (state, instead_of, changed) = match versions::decide(&there, &row.version) {
        Decision::Known(state) => return Ok(versions::outcome(state, there.len() - 1)),
        Decision::Identical => return Ok(Committed::Identical),
        Decision::Write {
            state,
            instead_of,
            changed,
        } => (state, instead_of, changed),
    };
    let others = there.len() - usize::from(instead_of.is_some());

    let mut binds = row.binds.clone();
    binds[STATE] = Bind::text(state.as_str());
    binds[KIND] = Bind::text(if state == State::Shown {
        "stored"
    } else {
        "kept"
    });
    for statement in statements::PARENTS {
        connection.execute(statement, binds.clone()).await?;
    }
    if let Some(ulid) = instead_of {
        let gone = "DELETE FROM instances WHERE institution_id = $1 AND study_uid = $2 AND \
                    series_uid = $3 AND sop_uid = $4 AND ulid = $5";
        connection
            .execute(gone, with(instance, [Bind::text(ulid)]))
            .await?;
    }
    // Only one version may be shown at any moment: out with the old before in with the new.
    let (up, down): (Vec<_>, Vec<_>) = changed
        .into_iter()
        .partition(|(_, state)| *state == State::Shown);
    set_states(connection, instance, down).await?;
    connection
        .execute(statements::INSTANCE, binds.clone())
        .await?;
    set_states(connection, instance, up).await?;
    connection.execute(statements::CHANGE, binds).await?;
    contents::refresh(connection, &row.binds[..3]).await?;
    Ok(versions::outcome(state, others))
}

fn with(instance: &[Bind], more: impl IntoIterator<Item = Bind>) -> Vec<Bind> {
    instance.iter().cloned().chain(more).collect()
}

async fn read(
    connection: &mut Connection<'_>,
    instance: &[Bind],
) -> Result<Vec<(Version, State)>, DatabaseError> {
    let sql = "SELECT ulid, origin, digest, transfer_syntax, state FROM instances WHERE \
               institution_id = $1 AND study_uid = $2 AND series_uid = $3 AND sop_uid = $4 \
               ORDER BY ulid";
    connection
        .fetch(sql, instance.to_vec())
        .await?
        .iter()
        .map(|row| {
            let version = Version {
                ulid: row.text(0)?,
                origin: row.text(1)?,
                digest: row.digest(2)?,
                transfer_syntax: row.text(3)?,
            };
            Ok((version, row.parsed(4, State::parse)?))
        })
        .collect()
}

async fn set_states(
    connection: &mut Connection<'_>,
    instance: &[Bind],
    changed: Vec<(String, State)>,
) -> Result<(), DatabaseError> {
    let sql = "UPDATE instances SET state = $6 WHERE institution_id = $1 AND study_uid = $2 AND \
               series_uid = $3 AND sop_uid = $4 AND ulid = $5";
    for (ulid, state) in changed {
        let binds = with(instance, [Bind::text(ulid), Bind::text(state.as_str())]);
        connection.execute(sql, binds).await?;
    }
    Ok(())
}
