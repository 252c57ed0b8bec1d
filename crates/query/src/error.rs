//! Why a search gave no answer.

use database::DatabaseError;
use model::{AuditUnavailable, Denial};

/// Why a search gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The permit is not for searching.
    #[error("the search is not permitted")]
    Denied(#[from] Denial),
    /// The episode could not be recorded; nothing may be shown.
    #[error("the search could not be recorded")]
    Audit(#[from] AuditUnavailable),
    /// The index failed.
    #[error("the index could not be searched")]
    Database(#[from] DatabaseError),
}
