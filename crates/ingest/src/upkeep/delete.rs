//! Deletes a study, with a reason, so that no reindex brings it back.

use std::{collections::BTreeSet, time::Duration};

use access::Permit;
use database::Lock;
use futures::TryStreamExt;
use model::{AuditPort, Clock, Identifiers, ObjectKey, Operation, StudyKey, Uid};

use super::{Pair, UpkeepError, journal::JournalEntry, release, sweep::moment_ms};

/// What was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// Objects taken out of the archive, all versions.
    pub objects: u64,
    /// Of these, those that no row named: a crash had left them.
    pub orphans: u64,
    /// Objects without a row that are left, because they may be on their way in.
    pub young: u64,
}

/// What a decision needs: where it is written, and who is told.
#[derive(Clone, Copy, Debug)]
pub struct Keeping<'a> {
    /// Archive and index.
    pub pair: &'a Pair,
    /// Where the act is recorded first.
    pub audit: &'a dyn AuditPort,
    /// Time.
    pub clock: &'a dyn Clock,
    /// Gives the journal entry its key.
    pub identifiers: &'a dyn Identifiers,
    /// Objects without a row may be on their way in while they are younger, if anybody receives.
    pub floor: Duration,
}

/// Deletes every version of every instance of a study that the permit's institution holds now, and
/// what the archive holds of the study without a row, so that no reindex finds it.
///
/// Audit first, then the decision (a journal object), then the rows, then the bytes: a crash in
/// between leaves orphans for `sweep`, never a row without bytes.
pub async fn delete(
    keeping: &Keeping<'_>,
    permit: &Permit,
    study: &Uid,
    reason: &str,
) -> Result<Deleted, UpkeepError> {
    permit
        .require(Operation::Delete)
        .map_err(UpkeepError::Denied)?;
    if reason.trim().is_empty() {
        return Err(UpkeepError::NoReason);
    }
    let study = StudyKey {
        institution: permit.institution().clone(),
        study: study.clone(),
    };
    let mut lock = keeping.pair.database().lock_upkeep("delete").await?;
    let result = locked(keeping, permit, study, reason, &mut lock).await;
    release(lock, result).await
}

async fn locked(
    keeping: &Keeping<'_>,
    permit: &Permit,
    study: StudyKey,
    reason: &str,
    lock: &mut Lock,
) -> Result<Deleted, UpkeepError> {
    let (archive, database) = (keeping.pair.archive(), keeping.pair.database());
    let found = find(keeping, &study).await?;
    if found.rows.is_empty() && found.orphans.is_empty() {
        return Err(UpkeepError::NoSuchStudy(study));
    }
    let now = keeping.clock.now();
    keeping
        .audit
        .open(permit.episode(Some(study.clone()), now))
        .await
        .map_err(UpkeepError::Audit)?;
    lock.held().await?;
    let objects = [found.rows.as_slice(), &found.orphans].concat();
    JournalEntry::delete(&study, reason, permit.actor().label(), now, &objects)
        .write(archive, keeping.identifiers.next())
        .await?;
    database.forget(&objects).await?;
    for object in &objects {
        archive.delete(&object.to_string()).await?;
    }
    Ok(Deleted {
        objects: objects.len() as u64,
        orphans: found.orphans.len() as u64,
        young: found.young,
    })
}

/// What there is of a study.
struct Found {
    rows: Vec<ObjectKey>,
    orphans: Vec<ObjectKey>,
    young: u64,
}

async fn find(keeping: &Keeping<'_>, study: &StudyKey) -> Result<Found, UpkeepError> {
    let (archive, database) = (keeping.pair.archive(), keeping.pair.database());
    let prefix = format!("{}/{}", study.institution, study.study);
    let listed: Vec<ObjectKey> = archive
        .list(Some(&prefix))
        .try_filter_map(|entry| async move { Ok(entry.key.parse().ok()) })
        .try_collect()
        .await?;
    let oldest = moment_ms(keeping.clock.now(), keeping.floor);
    // The index is asked after the archive: what was on its way in may have its row by now.
    let mut rows = database.versions(study).await?;
    let (mut orphans, mut young) = without_row(&listed, &rows, oldest);
    if !young.is_empty() {
        match database.lock_out_receivers("delete").await {
            Ok(alone) => {
                let settled = database.versions(study).await;
                alone.release().await;
                rows = settled?;
                (orphans, young) = without_row(&listed, &rows, u64::MAX);
            }
            Err(error) if error.is_locked() => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Found {
        rows,
        orphans,
        young: young.len() as u64,
    })
}

/// The objects that no row names: those that began to come until `oldest` (milliseconds since 1970),
/// and younger ones.
fn without_row(
    listed: &[ObjectKey],
    rows: &[ObjectKey],
    oldest: u64,
) -> (Vec<ObjectKey>, Vec<ObjectKey>) {
    let named: BTreeSet<&ObjectKey> = rows.iter().collect();
    listed
        .iter()
        .filter(|key| !named.contains(key))
        .cloned()
        .partition(|key| key.ulid.timestamp_ms() <= oldest)
}
