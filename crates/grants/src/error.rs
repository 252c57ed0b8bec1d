//! Why nothing was written down.

use std::fmt;

use access::{Denial, FactsUnavailable};
use database::DatabaseError;
use model::AuditUnavailable;

/// What is wrong with one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field.
    pub field: &'static str,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.reason)
    }
}

/// Why nothing was written down.
#[derive(Debug, thiserror::Error)]
pub enum GrantsError {
    /// Whoever asked may not.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// Values cannot be used; each is named.
    #[error("{}", .0.iter().map(Fault::to_string).collect::<Vec<_>>().join("; "))]
    Faults(Vec<Fault>),
    /// There is none, or none that has not ended, or none of those who ask.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// It needs a person with an account.
    #[error("only a person with an account may: an emergency is somebody's own")]
    NoPerson,
    /// It was reviewed before.
    #[error("the emergency was reviewed before")]
    Reviewed,
    /// The access could not be recorded, so it did not happen.
    #[error(transparent)]
    Audit(#[from] AuditUnavailable),
    /// What may be seen could not be read.
    #[error(transparent)]
    Facts(#[from] FactsUnavailable),
    /// The index did not answer.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl GrantsError {
    /// One fault.
    pub(crate) fn fault(field: &'static str, reason: impl Into<String>) -> Self {
        Self::Faults(vec![Fault {
            field,
            reason: reason.into(),
        }])
    }
}
