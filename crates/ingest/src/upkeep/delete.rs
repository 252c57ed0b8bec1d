//! Deletes a study, with a reason, so that no reindex brings it back.

use archive::Archive;
use database::Database;
use model::{AccessEpisode, AuditPort, Clock, Identifiers, Operation, Permit, StudyKey, Uid};

use super::{UpkeepError, journal::JournalEntry};

/// What was deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// Objects taken out of the archive, all versions.
    pub objects: u64,
}

/// What a decision needs: where it is written, and who is told.
#[derive(Clone, Copy, Debug)]
pub struct Keeping<'a> {
    /// The archive.
    pub archive: &'a Archive,
    /// The index.
    pub database: &'a Database,
    /// Where the act is recorded first.
    pub audit: &'a dyn AuditPort,
    /// Time.
    pub clock: &'a dyn Clock,
    /// Gives the journal entry its key.
    pub identifiers: &'a dyn Identifiers,
}

/// Deletes every version of every instance of a study that the permit's institution holds now.
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
    let Keeping {
        archive, database, ..
    } = keeping;
    let study = StudyKey {
        institution: permit.institution().clone(),
        study: study.clone(),
    };
    let objects = database.versions(&study).await?;
    if objects.is_empty() {
        return Err(UpkeepError::NoSuchStudy(study));
    }
    let now = keeping.clock.now();
    keeping
        .audit
        .open(AccessEpisode {
            actor: permit.actor().label(),
            purpose: permit.purpose(),
            operation: Operation::Delete,
            study: Some(study.clone()),
            began: now,
        })
        .await
        .map_err(UpkeepError::Audit)?;
    JournalEntry::delete(&study, reason, permit.actor().label(), now, &objects)
        .write(archive, keeping.identifiers.next())
        .await?;
    database.forget(&objects).await?;
    for object in &objects {
        archive.delete(&object.to_string()).await?;
    }
    Ok(Deleted {
        objects: objects.len() as u64,
    })
}
