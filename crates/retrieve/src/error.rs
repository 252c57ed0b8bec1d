//! Why something could not be retrieved.

use access::{Denial, FactsUnavailable};
use archive::ArchiveError;
use database::DatabaseError;
use dataset::DatasetError;
use model::{AuditUnavailable, TransferSyntax};

/// Why something could not be retrieved.
#[derive(Debug, thiserror::Error)]
pub enum RetrieveError {
    /// The permit does not cover retrieving.
    #[error("not allowed")]
    Denied(#[source] Denial),
    /// The access could not be recorded, so it did not happen.
    #[error("the access could not be recorded")]
    Audit(#[source] AuditUnavailable),
    /// There is no such instance, or the actor may not know of it.
    #[error("there is no such study, series or instance")]
    NotFound,
    /// The instance has no such frame.
    #[error("there is no frame {number}: the instance has {count}")]
    NoFrame {
        /// The frame asked for, counted from 1.
        number: u64,
        /// How many there are.
        count: u32,
    },
    /// The instance has no such bulk data.
    #[error("there is no bulk data {path:?}")]
    NoBulkData {
        /// The path asked for.
        path: String,
    },
    /// The instance cannot be had in that transfer syntax.
    #[error("{from} cannot be converted to {to}: {reason}")]
    NotConvertible {
        /// The stored transfer syntax.
        from: TransferSyntax,
        /// The one asked for.
        to: TransferSyntax,
        /// What stands in the way.
        reason: String,
    },
    /// The instance has nothing that can be rendered.
    #[error("cannot be rendered: {reason}")]
    NotRenderable {
        /// What stands in the way.
        reason: String,
    },
    /// Too much waits to be decoded or rendered.
    #[error("too many pictures wait to be decoded: try again")]
    Busy,
    /// A frame took longer than is allowed.
    #[error("decoding a frame took longer than the {seconds} s that limits.render_seconds allows")]
    TooSlow {
        /// The limit, seconds.
        seconds: u64,
    },
    /// The stored data set cannot be read as the index describes it.
    #[error("the stored data set cannot be read")]
    Dataset(#[source] DatasetError),
    /// The stored object and the index do not agree.
    #[error("the stored object is damaged: {reason}")]
    Damaged {
        /// What does not agree.
        reason: &'static str,
    },
    /// The archive failed.
    #[error("the archive failed")]
    Archive(#[source] ArchiveError),
    /// The index failed.
    #[error("the index failed")]
    Database(#[source] DatabaseError),
    /// What may be seen of other institutions could not be read.
    #[error("the index failed")]
    Facts(#[source] FactsUnavailable),
    /// A task ended before its work was done.
    #[error("an internal task ended early")]
    Interrupted,
}

impl From<Denial> for RetrieveError {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

impl From<AuditUnavailable> for RetrieveError {
    fn from(error: AuditUnavailable) -> Self {
        Self::Audit(error)
    }
}

impl From<FactsUnavailable> for RetrieveError {
    fn from(error: FactsUnavailable) -> Self {
        Self::Facts(error)
    }
}

impl From<DatasetError> for RetrieveError {
    fn from(error: DatasetError) -> Self {
        Self::Dataset(error)
    }
}

impl From<ArchiveError> for RetrieveError {
    fn from(error: ArchiveError) -> Self {
        Self::Archive(error)
    }
}

impl From<DatabaseError> for RetrieveError {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}
