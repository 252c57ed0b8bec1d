//! The DICOM file format: preamble and file meta information (PS3.10 §7).

use model::{TransferSyntax, Uid};

use crate::DatasetError;

/// The file meta information that Yingyun writes (PS3.10 Table 7.1-1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileMeta {
    /// Media Storage SOP Class UID (0002,0002).
    pub sop_class: Uid,
    /// Media Storage SOP Instance UID (0002,0003).
    pub sop: Uid,
    /// Transfer Syntax UID (0002,0010).
    pub transfer_syntax: TransferSyntax,
    /// Source Application Entity Title (0002,0016).
    pub source_ae: Option<String>,
    /// Sending Application Entity Title (0002,0017).
    pub sending_ae: Option<String>,
    /// Receiving Application Entity Title (0002,0018).
    pub receiving_ae: Option<String>,
    /// Private Information (0002,0102), under our own Private Information Creator UID (0002,0100).
    pub private: Option<Vec<u8>>,
}

impl FileMeta {
    /// Preamble, `DICM` and group 2, of this implementation.
    pub fn to_bytes(&self) -> Vec<u8> {
        unimplemented!()
    }
}

/// The file meta information that a file has, as far as it is readable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartialMeta {
    /// Media Storage SOP Class UID (0002,0002).
    pub sop_class: Option<Uid>,
    /// Media Storage SOP Instance UID (0002,0003).
    pub sop: Option<Uid>,
    /// Transfer Syntax UID (0002,0010).
    pub transfer_syntax: Option<TransferSyntax>,
    /// Source Application Entity Title (0002,0016).
    pub source_ae: Option<String>,
    /// Sending Application Entity Title (0002,0017).
    pub sending_ae: Option<String>,
    /// Receiving Application Entity Title (0002,0018).
    pub receiving_ae: Option<String>,
    /// Private Information Creator UID (0002,0100).
    pub private_creator: Option<Uid>,
    /// Private Information (0002,0102).
    pub private: Option<Vec<u8>>,
}

/// What the start of a file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// More bytes are needed; at most [`MAX_META_BYTES`] altogether.
    NeedMore,
    /// The data set is found.
    Found {
        /// What the file says of itself.
        meta: PartialMeta,
        /// Where the data set begins in the file.
        dataset_offset: usize,
        /// The transfer syntax of the data set: declared, else guessed from its first element.
        transfer_syntax: TransferSyntax,
    },
}

/// The most bytes that preamble and file meta information may take.
pub const MAX_META_BYTES: usize = 1 << 20;

/// Finds the data set of a file from its first bytes. Reads files without preamble, without meta
/// group (little or big endian), without group length, with a meta group in implicit VR or without
/// a transfer syntax. `at_end`: `start` is the whole file.
pub fn probe(_start: &[u8], _at_end: bool) -> Result<Probe, DatasetError> {
    unimplemented!()
}
