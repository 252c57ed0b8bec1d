//! What an operator does to keep archive and index true; each verb works beside a running server.

mod delete;
mod journal;
mod reindex;
mod sweep;
mod verify;

pub use delete::{Deleted, Keeping, delete};
pub use journal::{JournalEntry, UnreadableEntry};
pub use reindex::{Reindexed, reindex};
pub use sweep::{Swept, sweep};
pub use verify::{Damage, Verified, verify};

use archive::ArchiveError;
use database::DatabaseError;
use model::{AuditUnavailable, Denial, StudyKey};

/// How far a long verb is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Objects done.
    pub objects: u64,
    /// Bytes done.
    pub bytes: u64,
}

/// Called now and then with how far a verb is.
pub type OnProgress<'a> = &'a mut (dyn FnMut(Progress) + Send);

/// Why a verb could not go on.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// The permit does not cover it.
    #[error("not allowed")]
    Denied(#[source] Denial),
    /// The audit record could not be written.
    #[error("not audited")]
    Audit(#[source] AuditUnavailable),
    /// There is no such study.
    #[error("no study {} is held by {}", .0.study, .0.institution)]
    NoSuchStudy(StudyKey),
    /// The index names no object at all while the archive holds some: it is not this archive's
    /// index, or not rebuilt yet, and taking orphans away would take everything.
    #[error("the index is empty but the archive holds objects: run reindex, or mend database.url")]
    EmptyIndex,
    /// A decision needs its reason.
    #[error("a reason is needed")]
    NoReason,
    /// A journal entry cannot be read; going on would undo a decision.
    #[error("a journal entry cannot be read")]
    Journal(#[source] UnreadableEntry),
    /// The archive failed.
    #[error("the archive failed")]
    Archive(#[source] ArchiveError),
    /// The index failed.
    #[error("the index failed")]
    Database(#[source] DatabaseError),
}

impl From<ArchiveError> for UpkeepError {
    fn from(error: ArchiveError) -> Self {
        Self::Archive(error)
    }
}

impl From<DatabaseError> for UpkeepError {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}
