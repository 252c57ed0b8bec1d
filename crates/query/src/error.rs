//! Why a search gave no answer.

use access::{Denial, FactsUnavailable};
use database::DatabaseError;
use model::AuditUnavailable;

/// Why a search gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The permit is not for searching.
    #[error("the search is not permitted")]
    Denied(#[from] Denial),
    /// The episode could not be recorded; nothing may be shown.
    #[error("the search could not be recorded")]
    Audit(#[from] AuditUnavailable),
    /// The cursor is none of a search at this level.
    #[error("the cursor is none of this search")]
    Cursor,
    /// What may be seen of other institutions could not be read.
    #[error("the index could not be searched")]
    Facts(#[from] FactsUnavailable),
    /// The index failed.
    #[error("the index could not be searched")]
    Database(#[source] DatabaseError),
}

impl From<DatabaseError> for QueryError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Cursor => Self::Cursor,
            error => Self::Database(error),
        }
    }
}
