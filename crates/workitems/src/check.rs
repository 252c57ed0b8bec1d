//! What may be created, changed and finished (PS3.4 §CC.2.5, Table CC.2.5-3).

use dataset::json::{JsonObject, parse_tag};
use model::StepState;
use serde_json::Value;

use crate::{
    WorkitemError,
    attributes::{has_value, items, text, values},
    moment::Moment,
    requirements::{Create, Kind, Last, PERFORMED, PROGRESS, Row, Set, row, top, within},
};

/// How deep sequences may nest.
const DEEPEST: usize = 40;

/// Refuses what is no data set of the DICOM JSON model (PS3.18 §F.2) and brings keys into one form.
/// Group lengths and the groups of commands and files are left out.
pub(crate) fn model(dataset: JsonObject) -> Result<JsonObject, WorkitemError> {
    level(dataset, 0)
}

fn level(dataset: JsonObject, depth: usize) -> Result<JsonObject, WorkitemError> {
    if depth > DEEPEST {
        let fault = format!("sequences are nested more than {DEEPEST} deep");
        return Err(WorkitemError::Dataset(fault));
    }
    let mut read = JsonObject::new();
    for (key, element) in dataset {
        let fault = |what: &str| WorkitemError::Dataset(format!("{key}: {what}"));
        let tag = parse_tag(&key).ok_or_else(|| fault("eight hexadecimal digits expected"))?;
        if tag.0 < 8 || tag.1 == 0 {
            continue;
        }
        let Value::Object(mut element) = element else {
            return Err(fault("an object with vr and Value expected"));
        };
        let vr = element.get("vr").and_then(Value::as_str);
        let Some(vr) = vr.filter(|vr| vr.parse::<dataset::VR>().is_ok()) else {
            return Err(fault("a value representation vr expected"));
        };
        if row(&key.to_ascii_uppercase()).is_some_and(|row| row.vr != vr) {
            return Err(fault("the value representation is another"));
        }
        let is_sequence = vr == "SQ";
        match element.remove("Value") {
            None => {}
            Some(Value::Array(values)) => {
                let values: Result<Vec<Value>, WorkitemError> = values
                    .into_iter()
                    .map(|value| match value {
                        Value::Object(item) if is_sequence => {
                            level(item, depth + 1).map(Value::Object)
                        }
                        Value::Array(_) | Value::Bool(_) => Err(fault("no such value")),
                        _ if is_sequence => Err(fault("items are objects")),
                        value => Ok(value),
                    })
                    .collect();
                element.insert("Value".into(), Value::Array(values?));
            }
            Some(_) => return Err(fault("Value is an array")),
        }
        read.insert(key.to_ascii_uppercase(), Value::Object(element));
    }
    read.sort_keys();
    Ok(read)
}

fn fault(row: &Row, what: &str) -> WorkitemError {
    let (group, element) = row.key.split_at(4);
    WorkitemError::Dataset(format!("{} ({group},{element}): {what}", row.keyword))
}

/// Refuses a data set that no workitem can be created from (column N-CREATE). Type 2 attributes that
/// are absent are the caller's to add.
pub(crate) fn create(dataset: &JsonObject) -> Result<(), WorkitemError> {
    for row in top() {
        match row.create {
            Create::Value if !has_value(dataset, row.key) => {
                return Err(fault(row, "a value is needed"));
            }
            Create::Empty if has_value(dataset, row.key) => {
                return Err(fault(row, "it shall be empty in a new workitem"));
            }
            _ => {}
        }
        if row.create != Create::Ours {
            kinds(row, dataset)?;
        }
        for item in items(dataset, row.key) {
            for inner in within(Some(row.key)) {
                if inner.create == Create::Value && !has_value(item, inner.key) {
                    return Err(fault(inner, "a value is needed"));
                }
                kinds(inner, item)?;
            }
        }
    }
    Ok(())
}

/// What a change may change of `stored` (column N-SET): what it changes, and whether something was
/// passed over. What may not be changed may be there as it is.
pub(crate) fn update(
    stored: &JsonObject,
    dataset: JsonObject,
) -> Result<(JsonObject, bool), WorkitemError> {
    let mut changes = JsonObject::new();
    let mut passed_over = false;
    for (key, element) in dataset {
        let Some(row) = row(&key) else {
            changes.insert(key, element);
            continue;
        };
        match row.set {
            Set::Ours => {
                // The Transaction UID says who asks, and UTF-8 is what there is.
                passed_over |= key == "00404010";
                continue;
            }
            Set::Never => {
                let present = values(stored, &key);
                let asked = element.get("Value").and_then(Value::as_array);
                if asked.map_or(&[][..], Vec::as_slice) != present {
                    return Err(fault(row, "it may not be changed"));
                }
                continue;
            }
            Set::Value | Set::Free => {}
        }
        changes.insert(key, element);
    }
    for row in top() {
        if row.set == Set::Value && changes.contains_key(row.key) && !has_value(&changes, row.key) {
            return Err(fault(row, "it may not be emptied"));
        }
        kinds(row, &changes)?;
        for item in items(&changes, row.key) {
            for inner in within(Some(row.key)) {
                let there = item.contains_key(inner.key);
                if inner.set == Set::Value && there && !has_value(item, inner.key) {
                    return Err(fault(inner, "it may not be empty"));
                }
                kinds(inner, item)?;
            }
        }
    }
    if values(&changes, PROGRESS).len() > 1 || values(&changes, PERFORMED).len() > 1 {
        let fault = "progress and performed procedure have one item at most";
        return Err(WorkitemError::Dataset(fault.into()));
    }
    Ok((changes, passed_over))
}

/// The keywords of what a final state asks for and a workitem has not (column Final State).
pub(crate) fn missing(attributes: &JsonObject, state: StepState) -> Vec<&'static str> {
    let met = |row: &Row, level: &JsonObject| match (row.last, state) {
        (Last::Either, _)
        | (Last::Completed, StepState::Completed)
        | (Last::Canceled, StepState::Canceled) => has_value(level, row.key),
        (Last::CompletedThere, StepState::Completed) => level.contains_key(row.key),
        _ => true,
    };
    let mut missing = Vec::new();
    for row in top() {
        if !met(row, attributes) {
            missing.push(row.keyword);
        }
        for item in items(attributes, row.key) {
            let inner = within(Some(row.key)).filter(|inner| !met(inner, item));
            missing.extend(inner.map(|inner| inner.keyword));
        }
    }
    missing
}

fn kinds(row: &Row, level: &JsonObject) -> Result<(), WorkitemError> {
    if !has_value(level, row.key) {
        return Ok(());
    }
    let value = || text(level, row.key);
    match row.kind {
        Kind::Any => Ok(()),
        Kind::OneOf(known) if known.contains(&value().as_str()) => Ok(()),
        Kind::OneOf(known) => Err(fault(row, &format!("one of {} expected", known.join(", ")))),
        Kind::Moment if Moment::parse(&value()).is_some() => Ok(()),
        Kind::Moment => Err(fault(row, "a date and time expected")),
        Kind::Codes if items(level, row.key).all(is_code) => Ok(()),
        Kind::Codes => Err(fault(row, "codes have a value, a scheme and a meaning")),
    }
}

/// Code Value, Long Code Value or URN Code Value; the first two with their scheme (PS3.3 Table 8.8-1).
fn is_code(item: &JsonObject) -> bool {
    let has = |key: &str| has_value(item, key);
    let coded = has("00080102") && (has("00080100") || has("00080119"));
    (coded || has("00080120")) && has("00080104")
}
