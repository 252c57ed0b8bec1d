//! What a search returns.

use model::search::TagNumber;
use serde_json::{Map, Value};

/// One page of matches.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// DICOM JSON objects with all stored and computed attributes of the level and those above it.
    pub records: Vec<Map<String, Value>>,
    /// Whether more matched.
    pub more: bool,
    /// Paths of keys that could not be matched and were ignored.
    pub unsupported: Vec<Vec<TagNumber>>,
}
