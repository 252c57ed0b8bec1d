//! The whole index as text, to compare two of them.

use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use serde_json::{Map, Value, json};

use crate::{
    Database, DatabaseError,
    sql::{Bind, Row},
};

/// How a column is written.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Number,
    /// JSON, its members in the order of their names.
    Json,
    /// Bytes as hexadecimal.
    Bytes,
    /// BLAKE3 of what the zstd frame holds.
    Packed,
}

struct Table {
    name: &'static str,
    /// How many of the first columns are the key; all text.
    key: usize,
    columns: &'static [(&'static str, Form)],
}

use Form::{Bytes, Json, Number, Packed, Text};

const TABLES: [Table; 5] = [
    Table {
        name: "patients",
        key: 3,
        columns: &[
            ("institution_id", Text),
            ("issuer", Text),
            ("patient_id", Text),
            ("first_ulid", Text),
            ("name", Text),
            ("birth_date", Text),
            ("sex", Text),
            ("attributes", Json),
        ],
    },
    Table {
        name: "studies",
        key: 2,
        columns: &[
            ("institution_id", Text),
            ("study_uid", Text),
            ("issuer", Text),
            ("patient_id", Text),
            ("first_ulid", Text),
            ("study_date", Text),
            ("study_time", Text),
            ("accession_number", Text),
            ("study_id", Text),
            ("description", Text),
            ("referring_physician", Text),
            ("attributes", Json),
        ],
    },
    Table {
        name: "series",
        key: 3,
        columns: &[
            ("institution_id", Text),
            ("study_uid", Text),
            ("series_uid", Text),
            ("first_ulid", Text),
            ("modality", Text),
            ("series_number", Number),
            ("attributes", Json),
        ],
    },
    Table {
        name: "instances",
        key: 5,
        columns: &[
            ("institution_id", Text),
            ("study_uid", Text),
            ("series_uid", Text),
            ("sop_uid", Text),
            ("ulid", Text),
            ("state", Text),
            ("issuer", Text),
            ("patient_id", Text),
            ("sop_class", Text),
            ("transfer_syntax", Text),
            ("instance_number", Number),
            ("length", Number),
            ("dataset_offset", Number),
            ("digest", Bytes),
            ("pixel_offset", Number),
            ("frame_count", Number),
            ("received", Number),
            ("origin", Json),
            ("attributes", Json),
            ("frames", Bytes),
            ("header", Packed),
        ],
    },
    Table {
        name: "rejected",
        key: 5,
        columns: &[
            ("institution_id", Text),
            ("study_uid", Text),
            ("series_uid", Text),
            ("sop_uid", Text),
            ("ulid", Text),
            ("sop_class", Text),
            ("transfer_syntax", Text),
            ("length", Number),
            ("dataset_offset", Number),
            ("digest", Bytes),
            ("code", Text),
            ("at", Number),
        ],
    },
];

/// Rows read at a time.
const PAGE: usize = 500;

/// Where the dump stands: the table, and the key that was written last.
struct Position {
    table: usize,
    after: Option<Vec<String>>,
}

impl Database {
    /// Every row of patients, studies, series, instances and what was rejected as one line of JSON each, in the order
    /// of their keys: equal indexes give equal dumps, whichever the database.
    pub fn dump(&self) -> BoxStream<'_, Result<String, DatabaseError>> {
        let start = Position {
            table: 0,
            after: None,
        };
        futures::stream::try_unfold(start, move |position| self.dump_page(position))
            .map_ok(|lines| futures::stream::iter(lines.into_iter().map(Ok)))
            .try_flatten()
            .boxed()
    }

    async fn dump_page(
        &self,
        position: Position,
    ) -> Result<Option<(Vec<String>, Position)>, DatabaseError> {
        let Some(table) = TABLES.get(position.table) else {
            return Ok(None);
        };
        let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
        let key = names[..table.key].join(", ");
        let (condition, binds) = match &position.after {
            None => (String::new(), Vec::new()),
            Some(after) => {
                let places: Vec<String> = (1..=after.len()).map(|n| format!("${n}")).collect();
                (
                    format!("WHERE ({key}) > ({})", places.join(", ")),
                    after.iter().map(Bind::text).collect(),
                )
            }
        };
        let sql = format!(
            "SELECT {} FROM {} {condition} ORDER BY {key} LIMIT {PAGE}",
            names.join(", "),
            table.name,
        );
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(&sql, binds).await?;
        let lines = rows
            .iter()
            .map(|row| line(table, row))
            .collect::<Result<Vec<_>, _>>()?;
        let next = match rows.last() {
            Some(last) if rows.len() == PAGE => Position {
                table: position.table,
                after: Some(
                    (0..table.key)
                        .map(|column| last.text(column))
                        .collect::<Result<_, _>>()?,
                ),
            },
            _ => Position {
                table: position.table + 1,
                after: None,
            },
        };
        Ok(Some((lines, next)))
    }
}

fn line(table: &Table, row: &Row) -> Result<String, DatabaseError> {
    let mut members = Map::new();
    members.insert("table".into(), table.name.into());
    for (at, (name, form)) in table.columns.iter().enumerate() {
        let value = match form {
            Text => row.text(at)?.into(),
            Number => json!(row.number_or_null(at)?),
            Json => sorted(&row.text(at)?)?,
            Bytes => json!(row.bytes_or_null(at)?.map(|bytes| hex(&bytes))),
            Packed => unpacked(&row.bytes(at)?)?.into(),
        };
        members.insert((*name).into(), value);
    }
    Ok(Value::Object(members).to_string())
}

fn corrupt(what: &str) -> DatabaseError {
    DatabaseError::Corrupt { what: what.into() }
}

fn sorted(json: &str) -> Result<Value, DatabaseError> {
    let mut value: Value =
        serde_json::from_str(json).map_err(|_| corrupt("attributes that are no JSON"))?;
    value.sort_all_objects();
    Ok(value)
}

fn unpacked(packed: &[u8]) -> Result<String, DatabaseError> {
    let json =
        zstd::decode_all(packed).map_err(|_| corrupt("a header that does not decompress"))?;
    Ok(blake3::hash(&json).to_hex().to_string())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
