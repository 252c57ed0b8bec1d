//! Removes what was rejected long enough ago (docs/adr/0014).

use std::{collections::BTreeMap, time::Duration};

use access::Permit;
use database::Lock;
use model::{ObjectKey, Operation, Rejection, StudyKey};

use super::{Keeping, UpkeepError, journal::JournalEntry, release};

/// Rows read at once.
const BATCH: u32 = 500;

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Objects taken out of the archive.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Deletes every rejected version of the permit's institution that was rejected longer ago than
/// `keep` says for its reason: audit, then a journal object a study, then the rows, then the bytes.
pub async fn remove_rejected(
    keeping: &Keeping<'_>,
    permit: &Permit,
    keep: impl Fn(Rejection) -> Duration,
) -> Result<Removed, UpkeepError> {
    permit
        .require(Operation::Delete)
        .map_err(UpkeepError::Denied)?;
    let mut lock = keeping.pair.database().lock_upkeep("rejected").await?;
    let result = locked(keeping, permit, &keep, &mut lock).await;
    release(lock, result).await
}

async fn locked(
    keeping: &Keeping<'_>,
    permit: &Permit,
    keep: &impl Fn(Rejection) -> Duration,
    lock: &mut Lock,
) -> Result<Removed, UpkeepError> {
    let (archive, database) = (keeping.pair.archive(), keeping.pair.database());
    let now = keeping.clock.now();
    let mut studies: BTreeMap<StudyKey, Vec<ObjectKey>> = BTreeMap::new();
    let mut removed = Removed::default();
    let mut after: Option<ObjectKey> = None;
    loop {
        let rows = database.rejected(after.as_ref(), BATCH).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.key.clone());
        for row in rows {
            let own = row.key.instance.institution == *permit.institution();
            if own && row.at + keep(row.rejection) <= now {
                removed.bytes += row.length;
                let study = row.key.instance.study_key();
                studies.entry(study).or_default().push(row.key);
            }
        }
    }
    for (study, objects) in studies {
        let actor = permit.actor().label();
        keeping
            .audit
            .open(permit.episode(Some(study.clone()), now))
            .await
            .map_err(UpkeepError::Audit)?;
        lock.held().await?;
        JournalEntry::delete(&study, "rejected", actor, now, &objects)
            .write(archive, keeping.identifiers.next())
            .await?;
        database.forget(&objects).await?;
        for object in &objects {
            archive.delete(&object.to_string()).await?;
        }
        removed.objects += objects.len() as u64;
    }
    Ok(removed)
}
