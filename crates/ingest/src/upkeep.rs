//! What an operator does to keep archive and index true; each verb works beside a running server.
//!
//! A verb takes a [`Pair`]: archive and index that are known to belong together. Those that change
//! both, sweep, reindex and delete, hold one lock, so that one of them runs at a time wherever it is
//! started.

mod delete;
mod journal;
mod pair;
mod reindex;
mod rejected;
mod sweep;
mod verify;

pub use delete::{Deleted, Keeping, delete};
pub use journal::{JournalEntry, UnreadableEntry};
pub use pair::Pair;
pub(crate) use pair::is_mounted;
pub use reindex::{Reindexed, Unread, reindex};
pub(crate) use reindex::{Unindexable, read_row};
pub use rejected::{Removed, remove_rejected};
pub use sweep::{Age, Swept, sweep};
pub use verify::{Damage, Verified, verify};

use std::time::Duration;

use access::Denial;
use archive::ArchiveError;
use database::{DatabaseError, Lock};
use model::{AuditUnavailable, StudyKey};
use ulid::Ulid;

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
    /// The index belongs to another archive.
    #[error(
        "the index is of archive {index}, the objects are of archive {archive}: \
         mend database.url or the storage settings"
    )]
    OtherArchive {
        /// Whose the index is.
        index: Ulid,
        /// What the archive says it is.
        archive: Ulid,
    },
    /// The index names objects, but the archive shows none of them.
    #[error(
        "the index names objects, but the archive holds none of them: \
         is it mounted, and the right one? Mend the storage settings or database.url"
    )]
    NoArchive,
    /// The object that holds the archive's id cannot be read.
    #[error("archive/id holds no id")]
    NoId,
    /// Rows are missing: what no row names is not an orphan.
    #[error("the index is not complete: run reindex until it ends well")]
    Incomplete,
    /// Objects that young may be on their way in.
    #[error(
        "objects younger than {} s may be on their way in: give --older-than that at least, \
         or end who receives",
        .floor.as_secs()
    )]
    TooYoung {
        /// What must be given while somebody receives.
        floor: Duration,
        /// Who receives.
        #[source]
        receiving: DatabaseError,
    },
    /// A decision needs its reason.
    #[error("a reason is needed")]
    NoReason,
    /// A journal entry cannot be read; going on would undo a decision.
    #[error("a journal entry cannot be read")]
    Journal(#[source] UnreadableEntry),
    /// The archive failed.
    #[error("the archive failed")]
    Archive(#[source] ArchiveError),
    /// Another verb that changes archive and index runs; the source tells which.
    #[error("another verb is at work on this archive")]
    Busy(#[source] DatabaseError),
    /// The index failed.
    #[error("the index failed")]
    Database(#[source] DatabaseError),
}

/// Ends a verb: gives its lock back, then tells what came of it.
async fn release<T>(lock: Lock, result: Result<T, UpkeepError>) -> Result<T, UpkeepError> {
    lock.release().await;
    result
}

impl From<ArchiveError> for UpkeepError {
    fn from(error: ArchiveError) -> Self {
        Self::Archive(error)
    }
}

impl From<DatabaseError> for UpkeepError {
    fn from(error: DatabaseError) -> Self {
        match error.is_locked() {
            true => Self::Busy(error),
            false => Self::Database(error),
        }
    }
}
