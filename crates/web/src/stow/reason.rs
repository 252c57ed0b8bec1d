//! Failure Reason (0008,1197) of an object that was not taken (PS3.18 Table I.2-2; PS3.4 §B.2.3), and
//! why in words.

use ingest::IngestError;

/// Refused: out of resources.
pub(super) const OUT_OF_RESOURCES: u16 = 0xA700;
/// Error: the data set does not match the SOP class, or the study of the request.
pub(super) const MISMATCH: u16 = 0xA900;
/// Error: cannot understand.
pub(super) const CANNOT_UNDERSTAND: u16 = 0xC000;
/// Error: the transfer syntax of a part is none that is stored.
pub(super) const TRANSFER_SYNTAX: u16 = 0xC122;
/// Processing failure.
pub(super) const PROCESSING_FAILURE: u16 = 0x0110;
/// Refused: not authorized.
const NOT_AUTHORIZED: u16 = 0x0124;

/// The reason that stands for `error`.
pub(super) fn of(error: &IngestError) -> u16 {
    match error {
        error if error.is_out_of_resources() => OUT_OF_RESOURCES,
        IngestError::Denied(_) | IngestError::Rejected(_) => NOT_AUTHORIZED,
        IngestError::Unreadable(_)
        | IngestError::MissingAttribute { .. }
        | IngestError::InvalidUid { .. } => CANNOT_UNDERSTAND,
        IngestError::ClassMismatch { .. }
        | IngestError::InstanceMismatch { .. }
        | IngestError::StudyMismatch { .. } => MISMATCH,
        IngestError::TooLarge { .. } | IngestError::BelowWatermark => OUT_OF_RESOURCES,
        IngestError::Archive(_)
        | IngestError::Audit(_)
        | IngestError::Database(_)
        | IngestError::Interrupted => PROCESSING_FAILURE,
    }
}

/// The longest comment, characters: what its value representation LO holds (PS3.5 Table 6.2-1).
const LONGEST: usize = 64;

/// Why, for Error Comment (0000,0902): no value of the object.
pub(super) fn comment(error: &IngestError) -> String {
    match error {
        IngestError::Unreadable(error) => error.to_string(),
        IngestError::ClassMismatch { .. } => "the SOP Class UID is another than announced".into(),
        IngestError::InstanceMismatch { .. } => {
            "the SOP Instance UID is another than announced".into()
        }
        IngestError::StudyMismatch { .. } => {
            "the Study Instance UID is another than the request's".into()
        }
        IngestError::BelowWatermark => "the disk is nearly full".into(),
        IngestError::TooLarge { limit } => format!("longer than {limit} bytes, the limit"),
        error => error.to_string(),
    }
}

/// The comment as its value representation holds it.
pub(super) fn cut(comment: &str) -> String {
    let printable = comment.chars().filter(|c| !c.is_control() && *c != '\\');
    printable.take(LONGEST).collect()
}
