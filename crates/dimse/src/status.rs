//! Status codes (PS3.7 Annex C, PS3.4), and the one place where domain errors become some.

use std::{error::Error, fmt};

use access::Denial;
use ingest::IngestError;
use query::QueryError;
use retrieve::RetrieveError;

/// A status (0000,0900).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(pub(crate) u16);

impl Status {
    pub(crate) const SUCCESS: Self = Self(0x0000);
    /// Pending; all optional keys are supported (PS3.4 §C.4.1.1.4).
    pub(crate) const PENDING: Self = Self(0xFF00);
    /// Pending; some optional keys were not matched.
    pub(crate) const PENDING_UNSUPPORTED_KEYS: Self = Self(0xFF01);
    /// Cancelled by the user.
    pub(crate) const CANCEL: Self = Self(0xFE00);
    /// Processing failure.
    pub(crate) const PROCESSING_FAILURE: Self = Self(0x0110);
    /// No such SOP instance (PS3.7 §C.5.6 and on, like those below).
    pub(crate) const NO_SUCH_INSTANCE: Self = Self(0x0112);
    /// Invalid argument value.
    pub(crate) const INVALID_ARGUMENT: Self = Self(0x0115);
    /// Class and instance conflict.
    pub(crate) const CLASS_INSTANCE_CONFLICT: Self = Self(0x0119);
    /// No such action.
    pub(crate) const NO_SUCH_ACTION: Self = Self(0x0123);
    /// Refused: not authorized (0124H).
    pub(crate) const NOT_AUTHORIZED: Self = Self(0x0124);
    /// Unrecognized operation.
    pub(crate) const UNRECOGNIZED_OPERATION: Self = Self(0x0211);
    /// Refused: out of resources.
    pub(crate) const OUT_OF_RESOURCES: Self = Self(0xA700);
    /// Refused: unable to calculate number of matches (C-MOVE, C-GET).
    pub(crate) const CANNOT_CALCULATE_MATCHES: Self = Self(0xA701);
    /// Refused: unable to perform sub-operations.
    pub(crate) const CANNOT_PERFORM: Self = Self(0xA702);
    /// Refused: move destination unknown.
    pub(crate) const DESTINATION_UNKNOWN: Self = Self(0xA801);
    /// Data set or identifier does not match SOP class.
    pub(crate) const DOES_NOT_MATCH_CLASS: Self = Self(0xA900);
    /// Sub-operations complete, one or more failures.
    pub(crate) const SOME_FAILED: Self = Self(0xB000);
    /// Cannot understand, unable to process.
    pub(crate) const CANNOT_UNDERSTAND: Self = Self(0xC000);

    pub(crate) fn is_pending(self) -> bool {
        matches!(self, Self::PENDING | Self::PENDING_UNSUPPORTED_KEYS)
    }

    /// Whether the operation was performed (PS3.7 §C.1, §C.3).
    pub(crate) fn is_success_or_warning(self) -> bool {
        self == Self::SUCCESS || self.is_warning()
    }

    /// Whether it is a warning: 0001H, 0107H, 0116H, Bxxx.
    pub(crate) fn is_warning(self) -> bool {
        matches!(self.0, 0x0001 | 0x0107 | 0x0116 | 0xB000..=0xBFFF)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}H", self.0)
    }
}

/// A status and an Error Comment (0000,0902) that says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: Status,
    /// VR LO: at most 64 characters, ASCII here.
    pub(crate) comment: String,
}

impl Failure {
    /// `comment` is cut to what the element may hold.
    pub(crate) fn new(status: Status, comment: &str) -> Self {
        let printable = comment
            .chars()
            .map(|character| match character {
                '\\' => '/',
                ' '..='~' => character,
                _ => '?',
            })
            .take(64)
            .collect();
        Self {
            status,
            comment: printable,
        }
    }

    /// The innermost error tells most in 64 characters.
    fn of(status: Status, error: &dyn Error) -> Self {
        let mut innermost = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        Self::new(status, &innermost.to_string())
    }
}

impl From<Denial> for Failure {
    fn from(denial: Denial) -> Self {
        Self::new(Status::NOT_AUTHORIZED, &denial.to_string())
    }
}

impl From<IngestError> for Failure {
    /// PS3.4 §B.2.3.
    fn from(error: IngestError) -> Self {
        let status = match &error {
            IngestError::Denied(_) | IngestError::Rejected(_) => Status::NOT_AUTHORIZED,
            IngestError::Unreadable(_)
            | IngestError::MissingAttribute { .. }
            | IngestError::InvalidUid { .. }
            | IngestError::TooLarge { .. } => Status::CANNOT_UNDERSTAND,
            IngestError::ClassMismatch { .. }
            | IngestError::InstanceMismatch { .. }
            | IngestError::StudyMismatch { .. } => Status::DOES_NOT_MATCH_CLASS,
            IngestError::BelowWatermark
            | IngestError::Archive(_)
            | IngestError::Audit(_)
            | IngestError::Database(_)
            | IngestError::Interrupted => Status::OUT_OF_RESOURCES,
        };
        match &error {
            // What the store says names paths and hosts: not for the peer.
            IngestError::Archive(_) | IngestError::Database(_) => {
                Self::new(status, &error.to_string())
            }
            _ => Self::of(status, &error),
        }
    }
}

impl From<QueryError> for Failure {
    /// PS3.4 §C.4.1.1.4.
    fn from(error: QueryError) -> Self {
        let status = match &error {
            QueryError::Denied(_) => Status::NOT_AUTHORIZED,
            QueryError::Audit(_)
            | QueryError::Facts(_)
            | QueryError::Cursor
            | QueryError::Database(_) => Status::OUT_OF_RESOURCES,
        };
        Self::new(status, &error.to_string())
    }
}

impl From<RetrieveError> for Failure {
    /// PS3.4 §C.4.2.1.5.
    fn from(error: RetrieveError) -> Self {
        let status = match &error {
            RetrieveError::Denied(_) => Status::NOT_AUTHORIZED,
            RetrieveError::Database(_) | RetrieveError::Facts(_) | RetrieveError::Interrupted => {
                Status::CANNOT_CALCULATE_MATCHES
            }
            RetrieveError::Audit(_)
            | RetrieveError::NotFound
            | RetrieveError::NoFrame { .. }
            | RetrieveError::NoBulkData { .. }
            | RetrieveError::NotConvertible { .. }
            | RetrieveError::NotRenderable { .. }
            | RetrieveError::Busy
            | RetrieveError::TooSlow { .. }
            | RetrieveError::Dataset(_)
            | RetrieveError::Damaged { .. }
            | RetrieveError::Archive(_) => Status::CANNOT_PERFORM,
        };
        Self::new(status, &error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_fits_its_element() {
        let failure = Failure::new(Status::CANNOT_UNDERSTAND, &"张\\".repeat(60));
        assert_eq!(failure.comment.len(), 64);
        assert!(failure.comment.starts_with("?/"));
    }

    #[test]
    fn warnings_are_what_the_standard_calls_so() {
        for (status, kept) in [
            (0x0000, true),
            (0xB000, true),
            (0xB007, true),
            (0x0001, true),
        ] {
            assert_eq!(Status(status).is_success_or_warning(), kept);
        }
        for status in [0x0110, 0x0124, 0xA700, 0xA900, 0xC000, 0xFE00, 0xFF00] {
            assert!(!Status(status).is_success_or_warning());
        }
    }
}
