//! Why bytes are no data set that this crate reads.

use dicom_core::Tag;

/// What is wrong with a data set, and where.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// The bytes end before the data set does.
    #[error("data set ends at byte {offset}, inside {tag}")]
    Truncated {
        /// The element that was being read.
        tag: Tag,
        /// How many bytes there were (inflated, for a deflated data set).
        offset: u64,
    },
    /// An element breaks the encoding rules of PS3.5 §7 or §A.
    #[error("{tag} at byte {offset}: {reason}")]
    Malformed {
        /// The element.
        tag: Tag,
        /// Where it begins.
        offset: u64,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An element passes one of [`crate::Limits`].
    #[error("{tag} at byte {offset}: more than {maximum} {limit}")]
    Limit {
        /// The element.
        tag: Tag,
        /// Where it begins.
        offset: u64,
        /// What there is too much of.
        limit: &'static str,
        /// How much is allowed.
        maximum: u64,
    },
    /// A deflated data set (PS3.5 §A.5) does not inflate.
    #[error("deflated data set is corrupt at byte {offset}")]
    Deflate {
        /// Where, in bytes as received.
        offset: u64,
        /// What the inflater says.
        #[source]
        source: flate2::DecompressError,
    },
    /// The bytes are no DICOM file (PS3.10 §7).
    #[error("not a DICOM file: {reason}")]
    NotDicom {
        /// What shows it.
        reason: &'static str,
    },
    /// A stored frame table does not read back.
    #[error("the stored frame table is corrupt")]
    FrameTable,
    /// A data set cannot be expressed in the transfer syntax asked for.
    #[error("{tag} cannot be encoded: {reason}")]
    Unencodable {
        /// The element that stands in the way.
        tag: Tag,
        /// Why.
        reason: &'static str,
    },
    /// A document is no Native DICOM Model (PS3.19 §A.1), or more of one than is taken.
    #[error("the document {reason}, at byte {offset}")]
    Xml {
        /// Where.
        offset: u64,
        /// What is wrong with it.
        reason: &'static str,
    },
}
