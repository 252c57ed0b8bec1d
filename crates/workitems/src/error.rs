//! Why the worklist did not do what was asked.

use access::Denial;
use database::DatabaseError;
use model::AuditUnavailable;

use crate::state::Refusal;

/// Why the worklist did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum WorkitemError {
    /// The permit is for something else.
    #[error("the worklist may not be used so")]
    Denied(#[from] Denial),
    /// The episode could not be recorded; nothing may be shown or done.
    #[error("the access could not be recorded")]
    Audit(#[from] AuditUnavailable),
    /// The index failed.
    #[error("the worklist could not be reached")]
    Database(#[from] DatabaseError),
    /// The data set is not what PS3.4 Table CC.2.5-3 or the DICOM JSON model asks for.
    #[error("{0}")]
    Dataset(String),
    /// The state of the workitem does not allow it (PS3.4 Table CC.1.1-2).
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// C304H, with what is missing.
    #[error("the workitem has no {missing}, which its final state asks for")]
    Incomplete {
        /// Attributes by their keywords (PS3.4 Table CC.2.5-3, column Final State).
        missing: String,
    },
    /// A workitem in progress is changed only by who gives its Transaction UID.
    #[error("the Transaction UID is missing")]
    TransactionMissing,
    /// The workitem was there, and its time is over.
    #[error("the workitem is no longer kept")]
    Gone,
    /// Nobody who follows the workitem could be told (PS3.4 §CC.2.2.3).
    #[error("the performer cannot be contacted")]
    Unreachable,
    /// What is not followed cannot be let go of, and who never followed anything is sent nothing.
    #[error("there is no such subscription")]
    NotFollowed,
    /// Others change the same workitem again and again.
    #[error("the workitem is being changed by others: try again")]
    Busy,
    /// As many notification connections are open as may be.
    #[error("too many notification connections are open")]
    Full,
}
