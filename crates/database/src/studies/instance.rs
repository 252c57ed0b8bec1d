//! What goes into the index and what comes out of it.

use model::{
    ObjectKey, Origin, TransferSyntax, Uid,
    search::{Cursor, TagNumber},
};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::DatabaseError;

/// A received object, stored and described, to be written into the index.
#[derive(Clone, Debug)]
pub struct NewInstance {
    /// Where its bytes are.
    pub object: ObjectKey,
    /// Bytes of the object.
    pub length: u64,
    /// Where in the object the data set begins.
    pub dataset_offset: u32,
    /// BLAKE3 of the data set as received.
    pub digest: [u8; 32],
    /// Its transfer syntax.
    pub transfer_syntax: TransferSyntax,
    /// SOP Class UID (0008,0016).
    pub sop_class: Uid,
    /// Where the value of the pixel data begins in the (inflated) data set.
    pub pixel_offset: Option<u64>,
    /// The frame table, as `dataset::FrameTable::to_bytes` wrote it.
    pub frames: Option<Vec<u8>>,
    /// How many frames it has.
    pub frame_count: u32,
    /// When it was received.
    pub received: OffsetDateTime,
    /// Where it came from.
    pub origin: Origin,
    /// Issuer of Patient ID, the institution's own where the data set has none.
    pub issuer: String,
    /// Patient ID (0010,0020), empty when absent.
    pub patient_id: String,
    /// Patient attributes: a DICOM JSON object of `dataset::levels::PATIENT`.
    pub patient: String,
    /// Study attributes, likewise.
    pub study: String,
    /// Series attributes, likewise.
    pub series: String,
    /// Instance attributes, likewise.
    pub instance: String,
    /// The whole header: zstd of a DICOM JSON object.
    pub header: Vec<u8>,
}

impl NewInstance {
    /// The origin as its column holds it.
    pub(crate) fn origin_text(&self) -> Result<String, DatabaseError> {
        serde_json::to_string(&self.origin).map_err(|source| DatabaseError::Attributes {
            level: "origin",
            source,
        })
    }
}

/// What became of a received object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is shown, the only version. Also the answer for an object that a row names already (the
    /// same ULID) and shows: writing a row twice changes nothing.
    Stored,
    /// The same data set in the same transfer syntax is there under an earlier key: no row names the
    /// new object, its bytes may go.
    Identical,
    /// The same source sent the instance with other content: its newest is shown, the others kept.
    Replaced,
    /// Another source owns the instance: this version is kept aside and not shown.
    KeptAside,
    /// The same data set in the same transfer syntax was rejected: no row names the new object.
    Rejected,
}

impl Committed {
    /// A short name for metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Identical => "identical",
            Self::Replaced => "replaced",
            Self::KeptAside => "aside",
            Self::Rejected => "rejected",
        }
    }
}

/// Which instances: a study, or one of its series, or one instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Study Instance UID.
    pub study: Uid,
    /// Series Instance UID.
    pub series: Option<Uid>,
    /// SOP Instance UID.
    pub sop: Option<Uid>,
}

/// One version of an instance, without its attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct InstanceRow {
    /// Where its bytes are.
    pub object: ObjectKey,
    /// Bytes of the object.
    pub length: u64,
    /// Where in the object the data set begins.
    pub dataset_offset: u32,
    /// BLAKE3 of the data set.
    pub digest: [u8; 32],
    /// Its transfer syntax.
    pub transfer_syntax: TransferSyntax,
    /// SOP Class UID.
    pub sop_class: Uid,
    /// Where the value of the pixel data begins in the (inflated) data set.
    pub pixel_offset: Option<u64>,
    /// How many frames it has.
    pub frame_count: u32,
    /// The frame table, as `dataset::FrameTable::to_bytes` wrote it.
    pub frames: Option<Vec<u8>>,
    /// When it was received.
    pub received: OffsetDateTime,
    /// Where it came from.
    pub origin: Origin,
}

/// One page of a search.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What matched, in a stable order.
    pub records: Vec<Record>,
    /// Where the next page begins, when more matched than the limit let through.
    pub next: Option<Cursor>,
    /// Paths of person names that were asked for fuzzily and matched as they are written.
    pub literal: Vec<Vec<TagNumber>>,
    /// Paths of conditions that cannot be matched and were ignored.
    pub unsupported: Vec<Vec<TagNumber>>,
}

/// One match: its own and its parents' attributes, and what is computed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// DICOM JSON of the level that was searched and of all above it.
    pub attributes: Map<String, Value>,
    /// Modalities in Study (0008,0061); study level and below.
    pub modalities: Vec<String>,
    /// SOP Classes in Study (0008,0062).
    pub sop_classes: Vec<String>,
    /// Available Transfer Syntax UID (0008,3002) of the match's instances.
    pub transfer_syntaxes: Vec<String>,
    /// Number of Patient Related Studies (0020,1200); patient level only, like the next two.
    pub patient_studies: u32,
    /// Number of Patient Related Series (0020,1202).
    pub patient_series: u32,
    /// Number of Patient Related Instances (0020,1204).
    pub patient_instances: u32,
    /// Number of Study Related Series (0020,1206).
    pub study_series: u32,
    /// Number of Study Related Instances (0020,1208).
    pub study_instances: u32,
    /// Number of Series Related Instances (0020,1209); series level and below.
    pub series_instances: u32,
}
