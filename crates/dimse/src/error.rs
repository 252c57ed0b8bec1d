//! Why an association failed.

use std::io;

use dataset::DatasetError;

/// Why an association, or an operation on it, failed.
#[derive(Debug, thiserror::Error)]
pub enum DimseError {
    /// The connection failed.
    #[error("the connection failed")]
    Connection(#[source] io::Error),
    /// The peer closed the connection without a release.
    #[error("the peer closed the connection without releasing the association")]
    Closed,
    /// The peer was silent, or took nothing, for too long.
    #[error("timed out: {waiting_for}")]
    TimedOut {
        /// What was waited for.
        waiting_for: &'static str,
    },
    /// The peer aborted (A-ABORT, PS3.8 §9.3.8).
    #[error("the peer aborted the association")]
    Aborted,
    /// The peer released the association where an answer was due.
    #[error("the peer released the association before it answered")]
    Released,
    /// The peer rejected the association (A-ASSOCIATE-RJ, PS3.8 §9.3.4).
    #[error("the association was rejected: {reason}")]
    Rejected {
        /// Whether trying again later is useless.
        permanent: bool,
        /// The reason given.
        reason: String,
    },
    /// The peer broke the protocol (PS3.7, PS3.8).
    #[error("the peer broke the protocol: {what}")]
    Protocol {
        /// How.
        what: String,
    },
    /// No presentation context was accepted for it.
    #[error("no presentation context for {abstract_syntax} in {transfer_syntax}")]
    NoContext {
        /// The SOP class.
        abstract_syntax: String,
        /// The transfer syntax that was needed, or `any`.
        transfer_syntax: String,
    },
    /// An identifier or a command could not be read.
    #[error("an identifier could not be read")]
    Identifier(#[source] DatasetError),
    /// What was to be sent could not be read.
    #[error("the data set to send could not be read")]
    Source(#[source] io::Error),
    /// What was being sent broke off; the association cannot go on.
    #[error("the data set broke off while it was sent")]
    BrokenOff(#[source] io::Error),
    /// A PDU could not be written.
    #[error("a PDU could not be encoded")]
    Encode(#[source] dicom_ul::pdu::WriteError),
}

impl DimseError {
    pub(crate) fn protocol(what: impl Into<String>) -> Self {
        Self::Protocol { what: what.into() }
    }
}
