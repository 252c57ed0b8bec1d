//! Attributes of a workitem in the DICOM JSON model.

use dataset::json::JsonObject;
use serde_json::{Value, json};

pub(crate) const SPECIFIC_CHARACTER_SET: &str = "00080005";
pub(crate) const SOP_CLASS_UID: &str = "00080016";
pub(crate) const SOP_INSTANCE_UID: &str = "00080018";
pub(crate) const TRANSACTION_UID: &str = "00081195";
pub(crate) const PATIENT_ID: &str = "00100020";
pub(crate) const STARTS: &str = "00404005";
pub(crate) const MODIFIED: &str = "00404010";
pub(crate) const STATION_NAMES: &str = "00404025";
pub(crate) const SCHEDULED_PERFORMERS: &str = "00404034";
pub(crate) const READINESS: &str = "00404041";
pub(crate) const CANCELED_AT: &str = "00404052";
pub(crate) const STATE: &str = "00741000";
pub(crate) const PROGRESS: &str = "00741002";
pub(crate) const CONTACTS: &str = "00741008";
pub(crate) const CONTACT_URI: &str = "0074100A";
pub(crate) const CONTACT_NAME: &str = "0074100C";
pub(crate) const DISCONTINUATION: &str = "0074100E";
pub(crate) const WORKLIST_LABEL: &str = "00741202";
pub(crate) const CANCEL_REASON: &str = "00741238";

/// Unified Procedure Step Push, of which every workitem is an instance (PS3.4 §CC.3.1).
pub(crate) const PUSH: &str = "1.2.840.10008.5.1.4.34.6.1";

/// The values of an attribute; none where it is absent or empty.
pub(crate) fn values<'a>(attributes: &'a JsonObject, key: &str) -> &'a [Value] {
    attributes
        .get(key)
        .and_then(|element| element.get("Value")?.as_array())
        .map_or(&[], Vec::as_slice)
}

/// The first value as text; empty where there is none.
pub(crate) fn text(attributes: &JsonObject, key: &str) -> String {
    match values(attributes, key).first() {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// The items of a sequence.
pub(crate) fn items<'a>(
    attributes: &'a JsonObject,
    key: &str,
) -> impl Iterator<Item = &'a JsonObject> {
    values(attributes, key).iter().filter_map(Value::as_object)
}

/// Whether an attribute has a value: text that is not blank, an item, a number, bytes.
pub(crate) fn has_value(attributes: &JsonObject, key: &str) -> bool {
    let Some(element) = attributes.get(key) else {
        return false;
    };
    let blank = |value: &Value| match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Object(groups) if element.get("vr").and_then(Value::as_str) == Some("PN") => groups
            .values()
            .all(|group| group.as_str().is_none_or(|text| text.trim().is_empty())),
        _ => false,
    };
    values(attributes, key).iter().any(|value| !blank(value))
        || element.get("InlineBinary").is_some()
        || element.get("BulkDataURI").is_some()
}

/// An element of one value.
pub(crate) fn element(vr: &str, value: impl Into<Value>) -> Value {
    json!({"vr": vr, "Value": [value.into()]})
}

/// An element without a value.
pub(crate) fn empty(vr: &str) -> Value {
    json!({"vr": vr})
}
