//! Decisions as objects of the archive, so that the archive alone tells what was deleted.

use std::collections::{HashMap, HashSet};

use archive::{Archive, ArchiveError};
use futures::TryStreamExt;
use model::{ObjectKey, Rejection, StudyKey};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use ulid::Ulid;

use super::UpkeepError;

/// Where journal entries lie. No institution id collides: object keys have five parts.
const PREFIX: &str = "journal";

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "lowercase")]
pub enum JournalEntry {
    /// A study's objects were deleted.
    Delete {
        /// Who held it.
        institution: String,
        /// Study Instance UID.
        study: String,
        /// Why.
        reason: String,
        /// Who decided, [`access::Actor::label`].
        actor: String,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        /// Exactly these objects; what is received later is not touched.
        objects: Vec<String>,
    },
    /// Objects of a study were rejected (docs/adr/0014).
    Reject {
        /// Who held them.
        institution: String,
        /// Study Instance UID.
        study: String,
        /// Why: 113001, 113037, 113038 or 113039 of DCM.
        code: String,
        /// Who decided: [`access::Actor::label`], or whoever sent the rejection note.
        actor: String,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        /// Exactly these objects; what is received later is not touched.
        objects: Vec<String>,
    },
    /// Objects that were rejected are shown again.
    Restore {
        /// Who held them.
        institution: String,
        /// Study Instance UID.
        study: String,
        /// Who decided, or whoever sent the same object again.
        actor: String,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        /// These objects.
        objects: Vec<String>,
    },
}

/// What the journal says of objects, all decisions taken in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Deleted ones.
    pub(crate) deleted: HashSet<String>,
    /// Rejected ones, why and since when.
    pub(crate) rejected: HashMap<String, (Rejection, OffsetDateTime)>,
}

/// A journal object that is no entry.
#[derive(Debug, thiserror::Error)]
#[error("{key} is no journal entry")]
pub struct UnreadableEntry {
    key: String,
    #[source]
    source: serde_json::Error,
}

impl JournalEntry {
    /// A study's deletion.
    pub(crate) fn delete(
        study: &StudyKey,
        reason: &str,
        actor: String,
        at: OffsetDateTime,
        objects: &[ObjectKey],
    ) -> Self {
        Self::Delete {
            institution: study.institution.to_string(),
            study: study.study.to_string(),
            reason: reason.to_owned(),
            actor,
            at,
            objects: objects.iter().map(ToString::to_string).collect(),
        }
    }

    /// Writes the entry durably under a key of its own.
    pub(crate) async fn write(&self, archive: &Archive, ulid: Ulid) -> Result<(), ArchiveError> {
        let bytes = serde_json::to_vec(self).expect("an entry is plain text fields");
        let key = format!("{PREFIX}/{ulid}");
        archive.put(&key, bytes.into()).await
    }
}

/// Takes all decisions in the order of `entries`. An unknown code is no code of ours: the entry
/// cannot be one that this release wrote, and what it rejected stays out of sight.
pub(super) fn standing(entries: Vec<JournalEntry>) -> Standing {
    let mut standing = Standing::default();
    for entry in entries {
        match entry {
            JournalEntry::Delete { objects, .. } => standing.deleted.extend(objects),
            JournalEntry::Reject {
                objects, code, at, ..
            } => {
                let rejection = code.parse().unwrap_or(Rejection::PatientSafety);
                let objects = objects.into_iter().map(|key| (key, (rejection, at)));
                standing.rejected.extend(objects);
            }
            JournalEntry::Restore { objects, .. } => {
                for key in &objects {
                    standing.rejected.remove(key);
                }
            }
        }
    }
    standing
        .rejected
        .retain(|key, _| !standing.deleted.contains(key));
    standing
}

/// Reads every entry, oldest first.
pub(super) async fn read(archive: &Archive) -> Result<Vec<JournalEntry>, UpkeepError> {
    let mut listed: Vec<_> = archive.list(Some(PREFIX)).try_collect().await?;
    listed.sort_by(|a, b| a.key.cmp(&b.key));
    let mut entries = Vec::with_capacity(listed.len());
    for entry in listed {
        let bytes = archive.get(&entry.key, 0..entry.length).await?;
        entries.push(serde_json::from_slice(&bytes).map_err(|source| {
            UpkeepError::Journal(UnreadableEntry {
                key: entry.key,
                source,
            })
        })?);
    }
    Ok(entries)
}

/// Whether an archive key is a journal entry's.
pub(super) fn is_entry(key: &str) -> bool {
    key.strip_prefix(PREFIX)
        .is_some_and(|rest| rest.starts_with('/'))
}
