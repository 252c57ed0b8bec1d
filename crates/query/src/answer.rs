//! What a search returns: stored attributes and computed ones.

use database::Record;
use model::search::{Cursor, Level, TagNumber};
use serde_json::{Map, Value, json};

/// One page of matches.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// DICOM JSON objects, tags ascending, with all stored and computed attributes of the level and
    /// those above it.
    pub records: Vec<Map<String, Value>>,
    /// Where the next page begins, when more matched.
    pub next: Option<Cursor>,
    /// Paths of keys that could not be matched and were ignored.
    pub unsupported: Vec<Vec<TagNumber>>,
    /// Paths of person names asked for fuzzily that were matched as they are written
    /// (PS3.18 §8.3.4.2).
    pub literal: Vec<Vec<TagNumber>>,
}

/// A record with its computed attributes (PS3.4 §C.3.4, PS3.18 §10.6.3.3), tags ascending.
pub(crate) fn attributes(level: Level, record: Record) -> Map<String, Value> {
    let mut attributes = record.attributes;
    let mut put = |tag: &str, vr: &str, values: Value| {
        attributes.insert(tag.into(), json!({"vr": vr, "Value": values}));
    };
    if level == Level::Patient {
        put("00201200", "IS", json!([record.patient_studies]));
        put("00201202", "IS", json!([record.patient_series]));
        put("00201204", "IS", json!([record.patient_instances]));
    } else {
        put("00080056", "CS", json!(["ONLINE"]));
        put("00201206", "IS", json!([record.study_series]));
        put("00201208", "IS", json!([record.study_instances]));
        for (tag, vr, values) in [
            ("00080061", "CS", record.modalities),
            ("00080062", "UI", record.sop_classes),
            ("00083002", "UI", record.transfer_syntaxes),
        ] {
            if !values.is_empty() {
                put(tag, vr, json!(values));
            }
        }
    }
    if level >= Level::Series {
        put("00201209", "IS", json!([record.series_instances]));
    }
    attributes.sort_keys();
    attributes
}
