//! The Native DICOM Model (PS3.19 §A.1): the DICOM JSON model in another notation.

mod names;
mod read;
#[cfg(test)]
mod tests;
mod write;

use crate::{DatasetError, json::JsonObject};

/// What a document may cost while it is read. Its length is the caller's to bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// XML elements, and values that gaps in their numbers stand for, altogether.
    pub elements: u32,
    /// How deep sequences may nest.
    pub depth: u16,
}

impl Default for Bounds {
    /// As many elements as a data set may have, and as deep as our JSON goes.
    fn default() -> Self {
        Self {
            elements: 1_000_000,
            depth: 40,
        }
    }
}

/// A data set as a document (PS3.19 Table A.1.5-2), UTF-8. Private attributes carry their creator
/// and block 00; characters that XML 1.0 cannot hold become U+FFFD.
pub fn write(attributes: &JsonObject) -> String {
    write::document(attributes)
}

/// Reads a document. Private attributes of block 00 get the block of their creator, a free one where
/// the data set has none. Elements that the model does not know are passed over.
///
/// Fails on what is not well-formed, not UTF-8 or no such document, on document types and entities,
/// and past `bounds`.
pub fn read(document: &[u8], bounds: &Bounds) -> Result<JsonObject, DatasetError> {
    read::document(document, bounds)
}
