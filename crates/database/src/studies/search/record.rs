//! A row of a page as a record.

use model::search::Level;
use serde_json::{Map, Value, json};

use super::super::Record;
use crate::{DatabaseError, sql::Row};

/// Reads a row of the statement for `level`.
pub(super) fn record(level: Level, row: &Row) -> Result<Record, DatabaseError> {
    let mut record = Record {
        attributes: attributes(row, 0)?,
        ..Record::default()
    };
    // The key that the patient is filed under, also where the data set names no issuer.
    let patient_id = row.text(2)?;
    if patient_id.is_empty() {
        // Filed by its study: that is no issuer that anybody named.
        record.attributes.remove("00100021");
    } else {
        put(&mut record.attributes, "00100021", row.text(1)?);
    }
    put(&mut record.attributes, "00100020", patient_id);
    if level == Level::Patient {
        record.patient_studies = row.small(3)?;
        record.patient_series = row.small(4)?;
        record.patient_instances = row.small(5)?;
        return Ok(record);
    }
    record.attributes.extend(attributes(row, 3)?);
    record.study_series = row.small(4)?;
    record.study_instances = row.small(5)?;
    record.modalities = list(row, 6)?;
    record.sop_classes = list(row, 7)?;
    record.transfer_syntaxes = list(row, 8)?;
    if level >= Level::Series {
        record.attributes.extend(attributes(row, 9)?);
        record.series_instances = row.small(10)?;
    }
    if level == Level::Instance {
        record.attributes.extend(attributes(row, 11)?);
    }
    Ok(record)
}

fn attributes(row: &Row, column: usize) -> Result<Map<String, Value>, DatabaseError> {
    serde_json::from_str(&row.text(column)?).map_err(|_| DatabaseError::Corrupt {
        what: "attributes that are no JSON object".into(),
    })
}

fn put(attributes: &mut Map<String, Value>, tag: &str, text: String) {
    let empty = attributes
        .get(tag)
        .is_none_or(|element| element.get("Value").is_none());
    if empty && !text.is_empty() {
        attributes.insert(tag.into(), json!({"vr": "LO", "Value": [text]}));
    }
}

fn list(row: &Row, column: usize) -> Result<Vec<String>, DatabaseError> {
    let mut values: Vec<String> = row
        .text_or_null(column)?
        .unwrap_or_default()
        .split(',')
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect();
    values.sort();
    Ok(values)
}
