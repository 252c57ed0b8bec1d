//! The port through which every access is recorded before its first byte leaves (invariant 5).

use async_trait::async_trait;
use time::OffsetDateTime;
use ulid::Ulid;

use crate::{Basis, InstitutionId, Operation, Purpose, StudyKey};

/// One access episode: an actor, a purpose, a study, at most five minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessEpisode {
    /// Who: `access::Actor::label`.
    pub actor: String,
    /// The institution that the actor acts for.
    pub reader: Option<InstitutionId>,
    /// What for.
    pub purpose: Purpose,
    /// What was done.
    pub operation: Operation,
    /// The study; none for a search over studies.
    pub study: Option<StudyKey>,
    /// On what it is seen, and by which grant; none for what the reader's institution holds itself.
    pub basis: Option<(Basis, Ulid)>,
    /// When it began.
    pub began: OffsetDateTime,
}

/// The audit record could not be written; what it stood for must not happen.
#[derive(Debug, thiserror::Error)]
#[error("the audit record could not be written")]
pub struct AuditUnavailable(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Where access episodes are written.
#[async_trait]
pub trait AuditPort: Send + Sync + std::fmt::Debug {
    /// Writes `episode` durably; returns only then.
    async fn open(&self, episode: AccessEpisode) -> Result<(), AuditUnavailable>;
}
