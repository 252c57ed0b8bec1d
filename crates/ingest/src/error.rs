//! Why an object was not taken.

use access::Denial;
use archive::ArchiveError;
use database::DatabaseError;
use dataset::DatasetError;
use model::{AuditUnavailable, InvalidUid, Rejection, Uid};

/// Why an object was not taken. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The permit does not cover storing.
    #[error("not allowed")]
    Denied(#[source] Denial),
    /// The bytes are no data set of the transfer syntax they claim.
    #[error("unreadable")]
    Unreadable(#[source] DatasetError),
    /// An attribute that identifies the object is absent or empty.
    #[error("{name} {tag} is missing or empty")]
    MissingAttribute {
        /// The attribute's tag, as `(gggg,eeee)`.
        tag: dataset::Tag,
        /// The attribute's name.
        name: &'static str,
    },
    /// An attribute that identifies the object holds no UID.
    #[error("{name} holds no UID")]
    InvalidUid {
        /// The attribute's name.
        name: &'static str,
        /// What was wrong.
        #[source]
        source: InvalidUid,
    },
    /// The data set's SOP Class UID is not the one announced (PS3.4 §B.2.3, status A9xxH).
    #[error("the data set's SOP class {found} is not the announced {expected}")]
    ClassMismatch {
        /// What was announced.
        expected: Uid,
        /// What the data set says.
        found: Uid,
    },
    /// The data set's SOP Instance UID is not the one announced.
    #[error("the data set's SOP instance {found} is not the announced {expected}")]
    InstanceMismatch {
        /// What was announced.
        expected: Uid,
        /// What the data set says.
        found: Uid,
    },
    /// The data set is of another study than the request (PS3.18 §10.5.1).
    #[error("the data set's study {found} is not the request's {expected}")]
    StudyMismatch {
        /// The study of the request.
        expected: Uid,
        /// What the data set says.
        found: Uid,
    },
    /// The disk is nearly full; what is free is kept for the index.
    #[error("the disk has less free space than limits.disk_watermark_bytes keeps back")]
    BelowWatermark,
    /// The object is larger than the configured limit.
    #[error("the object is larger than the {limit} bytes that limits.object_bytes allows")]
    TooLarge {
        /// The limit, bytes.
        limit: u64,
    },
    /// The same object was rejected (IHE IOCM) for a reason that lets nobody send it again.
    #[error("the object was rejected before ({0}^DCM)")]
    Rejected(Rejection),
    /// The audit record could not be written.
    #[error("not audited")]
    Audit(#[source] AuditUnavailable),
    /// The archive failed.
    #[error("the archive failed")]
    Archive(#[source] ArchiveError),
    /// The index failed.
    #[error("the index failed")]
    Database(#[source] DatabaseError),
    /// An internal task ended early.
    #[error("an internal task ended early")]
    Interrupted,
}

impl IngestError {
    /// Whether the store, not the object, is at fault for lack of space (C-STORE A700H, HTTP 507).
    pub fn is_out_of_resources(&self) -> bool {
        match self {
            Self::BelowWatermark => true,
            Self::Archive(error) => error.is_full(),
            Self::Database(error) => error.is_full(),
            _ => false,
        }
    }
}
