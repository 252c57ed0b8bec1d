//! Decisions as objects of the archive, so that the archive alone tells what was deleted.

use archive::Archive;
use futures::TryStreamExt;
use model::{ObjectKey, StudyKey};
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
        /// Who decided, [`model::Actor::label`].
        actor: String,
        /// When.
        #[serde(with = "time::serde::rfc3339")]
        at: OffsetDateTime,
        /// Exactly these objects; what is received later is not touched.
        objects: Vec<String>,
    },
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
    pub(super) fn delete(
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
    pub(super) async fn write(&self, archive: &Archive, ulid: Ulid) -> Result<(), UpkeepError> {
        let bytes = serde_json::to_vec(self).expect("an entry is plain text fields");
        let key = format!("{PREFIX}/{ulid}");
        Ok(archive.put(&key, bytes.into()).await?)
    }

    /// The objects that the entry took away.
    pub(super) fn objects(&self) -> &[String] {
        match self {
            Self::Delete { objects, .. } => objects,
        }
    }
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
