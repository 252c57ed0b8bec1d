//! The rows of the index, table by table.

use std::collections::BTreeSet;

use serde_json::json;

use crate::holdings::{Study, patient_id, patients};

pub(crate) const INSTITUTION: &str = "local";
const ISSUER: &str = "SCALE";

/// A value of a row.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    Text(String),
    Number(u64),
    Bytes(&'static [u8]),
    Null,
}

/// A name as the server writes it.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) folded: String,
    pub(crate) readings: String,
    pub(crate) terms: String,
    pub(crate) attributes: String,
}

/// A table, its columns, and the rows that a study adds.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static str,
    pub(crate) rows: fn(&Study, &[Name], u64) -> Vec<Vec<Cell>>,
}

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn name(names: &[Name], patient: u64) -> &Name {
    &names[usize::try_from(patient).unwrap_or_default() % names.len()]
}

pub(crate) const TABLES: &[Table] = &[
    Table {
        name: "patients",
        columns: "institution_id, issuer, patient_id, first_ulid, name, birth_date, sex, \
                  attributes, readings, terms",
        rows: |study, names, of| {
            // The study of a number carries the patient of that number.
            if study.number >= patients(of) {
                return Vec::new();
            }
            let name = name(names, study.number);
            let id = patient_id(study.number);
            let attributes = name.attributes.replace("{id}", &id);
            vec![vec![
                text(INSTITUTION),
                text(ISSUER),
                text(id),
                text(study.ulid(0)),
                text(&name.folded),
                text("19700101"),
                text("F"),
                text(attributes),
                text(&name.readings),
                text(&name.terms),
            ]]
        },
    },
    Table {
        name: "studies",
        columns: "institution_id, study_uid, issuer, patient_id, first_ulid, study_date, \
                  study_time, accession_number, study_id, description, referring_physician, \
                  attributes, readings, terms",
        rows: |study, _, _| {
            vec![vec![
                text(INSTITUTION),
                text(study.uid()),
                text(ISSUER),
                text(patient_id(study.patient)),
                text(study.ulid(0)),
                text(&study.date),
                text(&study.time),
                text(study.accession()),
                text(study.number.to_string()),
                text(format!("{} examination", study.modality)),
                text(""),
                text(study.attributes()),
                text(""),
                text("[]"),
            ]]
        },
    },
    Table {
        name: "series",
        columns: "institution_id, study_uid, series_uid, first_ulid, modality, series_number, \
                  attributes",
        rows: |study, _, _| {
            (1..=study.series)
                .map(|series| {
                    let uid = study.series_uid(series);
                    let attributes = json!({
                        "00080060": {"vr": "CS", "Value": [study.modality]},
                        "0020000E": {"vr": "UI", "Value": [uid]},
                        "00200011": {"vr": "IS", "Value": [series]},
                    });
                    vec![
                        text(INSTITUTION),
                        text(study.uid()),
                        text(uid),
                        text(study.ulid(0)),
                        text(study.modality),
                        Cell::Number(series),
                        text(attributes.to_string()),
                    ]
                })
                .collect()
        },
    },
    Table {
        name: "series_contents",
        columns: "institution_id, study_uid, series_uid, sop_class, transfer_syntax, instances",
        rows: |study, _, _| {
            (1..=study.series)
                .map(|series| {
                    vec![
                        text(INSTITUTION),
                        text(study.uid()),
                        text(study.series_uid(series)),
                        text("1.2.840.10008.5.1.4.1.1.2"),
                        text("1.2.840.10008.1.2.1"),
                        Cell::Number(study.instances),
                    ]
                })
                .collect()
        },
    },
    Table {
        name: "study_terms",
        columns: "institution_id, term, study_date, study_time, study_uid",
        rows: |study, names, _| {
            let terms: BTreeSet<String> =
                serde_json::from_str(&name(names, study.patient).terms).unwrap_or_default();
            terms
                .into_iter()
                .map(|term| format!("n{term}"))
                .chain([format!("m{}", study.modality)])
                .map(|term| {
                    vec![
                        text(INSTITUTION),
                        text(term),
                        text(&study.date),
                        text(&study.time),
                        text(study.uid()),
                    ]
                })
                .collect()
        },
    },
    Table {
        name: "instances",
        columns: "institution_id, study_uid, series_uid, sop_uid, ulid, state, issuer, \
                  patient_id, sop_class, transfer_syntax, instance_number, length, \
                  dataset_offset, digest, pixel_offset, frame_count, received, origin, attributes, \
                  frames, header",
        rows: |study, _, _| {
            let mut rows = Vec::new();
            for series in 1..=study.series {
                let uid = study.series_uid(series);
                for number in 1..=study.instances {
                    let sop = format!("{uid}.{number}");
                    let attributes = json!({
                        "00080018": {"vr": "UI", "Value": [sop]},
                        "00200013": {"vr": "IS", "Value": [number]},
                    });
                    rows.push(vec![
                        text(INSTITUTION),
                        text(study.uid()),
                        text(&uid),
                        text(sop),
                        text(study.ulid(series * 1000 + number)),
                        text("shown"),
                        text(ISSUER),
                        text(patient_id(study.patient)),
                        text("1.2.840.10008.5.1.4.1.1.2"),
                        text("1.2.840.10008.1.2.1"),
                        Cell::Number(number),
                        Cell::Number(525_000),
                        Cell::Number(400),
                        Cell::Bytes(&[7; 32]),
                        Cell::Null,
                        Cell::Number(1),
                        Cell::Number(1_600_000_000_000_000),
                        text("{}"),
                        text(attributes.to_string()),
                        Cell::Null,
                        Cell::Bytes(b"{}"),
                    ]);
                }
            }
            rows
        },
    },
];
