//! Making a study's rows right again after versions were taken out: which versions are shown, whose
//! attributes the parents carry, which parents are left.

use std::collections::{BTreeMap, BTreeSet};

use dataset::{Tag, levels};
use model::StudyKey;
use serde_json::{Map, Value};

use super::{
    contents, fold, readings, terms,
    versions::{self, State, Version},
};
use crate::{
    DatabaseError,
    sql::{Bind, Connection},
};

/// A version that is left.
struct Left {
    series: String,
    sop: String,
    version: Version,
    state: State,
}

/// Rebuilds `study`; `patients` are (issuer, id) of the versions that were taken out.
pub(super) async fn study(
    connection: &mut Connection<'_>,
    study: &StudyKey,
    patients: &BTreeSet<(String, String)>,
) -> Result<(), DatabaseError> {
    let key = [
        Bind::text(study.institution.as_str()),
        Bind::text(study.study.as_str()),
    ];
    let left = read(connection, &key).await?;
    settle(connection, &key, &left).await?;

    let mut firsts: BTreeMap<&str, &Left> = BTreeMap::new();
    for one in &left {
        let first = firsts.entry(&one.series).or_insert(one);
        if one.version.ulid < first.version.ulid {
            *first = one;
        }
    }
    for (series, first) in &firsts {
        let (_, header) = header(connection, &key, first).await?;
        set_series(connection, &key, series, &first.version.ulid, &header).await?;
        let binds = with(&key, [Bind::text(*series)]);
        contents::refresh(connection, &binds).await?;
    }
    prune_series(connection, &key).await?;
    match firsts
        .values()
        .min_by(|a, b| a.version.ulid.cmp(&b.version.ulid))
    {
        Some(first) => {
            let (patient, header) = header(connection, &key, first).await?;
            keep_patient(connection, &key[0], &patient, &first.version.ulid, &header).await?;
            set_study(connection, &key, &patient, &first.version.ulid, &header).await?;
        }
        None => {
            let gone = "DELETE FROM studies WHERE institution_id = $1 AND study_uid = $2";
            connection.execute(gone, key.to_vec()).await?;
        }
    }
    for patient in patients {
        rebuild_patient(connection, &key, patient).await?;
    }
    Ok(())
}

fn with(key: &[Bind], more: impl IntoIterator<Item = Bind>) -> Vec<Bind> {
    key.iter().cloned().chain(more).collect()
}

async fn read(connection: &mut Connection<'_>, key: &[Bind]) -> Result<Vec<Left>, DatabaseError> {
    let sql = "SELECT series_uid, sop_uid, ulid, origin, digest, transfer_syntax, state \
               FROM instances WHERE institution_id = $1 AND study_uid = $2 \
               ORDER BY series_uid, sop_uid, ulid";
    connection
        .fetch(sql, key.to_vec())
        .await?
        .iter()
        .map(|row| {
            Ok(Left {
                series: row.text(0)?,
                sop: row.text(1)?,
                version: Version {
                    ulid: row.text(2)?,
                    origin: row.text(3)?,
                    digest: row.digest(4)?,
                    transfer_syntax: row.text(5)?,
                },
                state: row.parsed(6, State::parse)?,
            })
        })
        .collect()
}

/// Decides anew which version of each instance is shown.
async fn settle(
    connection: &mut Connection<'_>,
    key: &[Bind],
    left: &[Left],
) -> Result<(), DatabaseError> {
    let same_instance = |a: &Left, b: &Left| a.series == b.series && a.sop == b.sop;
    let sql = "UPDATE instances SET state = $6 WHERE institution_id = $1 AND study_uid = $2 AND \
               series_uid = $3 AND sop_uid = $4 AND ulid = $5";
    for instance in left.chunk_by(same_instance) {
        let versions: Vec<&Version> = instance.iter().map(|one| &one.version).collect();
        let mut changed: Vec<(&Left, State)> = instance
            .iter()
            .zip(versions::states(&versions))
            .filter(|(one, state)| one.state != *state)
            .collect();
        // Out with the old before in with the new: one is shown at any moment.
        changed.sort_by_key(|(_, state)| *state == State::Shown);
        for (one, state) in changed {
            let binds = with(
                key,
                [
                    Bind::text(one.series.as_str()),
                    Bind::text(one.sop.as_str()),
                    Bind::text(one.version.ulid.as_str()),
                    Bind::text(state.as_str()),
                ],
            );
            connection.execute(sql, binds).await?;
        }
    }
    Ok(())
}

/// Patient (issuer, id) and header attributes of a version.
async fn header(
    connection: &mut Connection<'_>,
    key: &[Bind],
    one: &Left,
) -> Result<((String, String), Map<String, Value>), DatabaseError> {
    let sql = "SELECT issuer, patient_id, header FROM instances WHERE institution_id = $1 AND \
               study_uid = $2 AND series_uid = $3 AND sop_uid = $4 AND ulid = $5";
    let binds = with(
        key,
        [
            Bind::text(one.series.as_str()),
            Bind::text(one.sop.as_str()),
            Bind::text(one.version.ulid.as_str()),
        ],
    );
    let row = connection
        .fetch_first(sql, binds)
        .await?
        .ok_or_else(|| corrupt("an instance that went while it was read"))?;
    let attributes = decompress(&row.bytes(2)?)?;
    Ok(((row.text(0)?, row.text(1)?), attributes))
}

fn corrupt(what: &str) -> DatabaseError {
    DatabaseError::Corrupt { what: what.into() }
}

fn decompress(header: &[u8]) -> Result<Map<String, Value>, DatabaseError> {
    let json =
        zstd::decode_all(header).map_err(|_| corrupt("a header that does not decompress"))?;
    serde_json::from_slice(&json).map_err(|_| corrupt("a header that is no DICOM JSON object"))
}

/// The attributes of one level, as JSON.
fn select(header: &Map<String, Value>, tags: &[Tag]) -> Map<String, Value> {
    tags.iter()
        .filter_map(|tag| {
            let name = format!("{:04X}{:04X}", tag.0, tag.1);
            let mut value = header.get(&name)?.clone();
            fold::without_nul(&mut value);
            Some((name, value))
        })
        .collect()
}

async fn set_series(
    connection: &mut Connection<'_>,
    key: &[Bind],
    series: &str,
    first: &str,
    header: &Map<String, Value>,
) -> Result<(), DatabaseError> {
    let attributes = select(header, levels::SERIES);
    let sql = "UPDATE series SET first_ulid = $4, modality = $5, series_number = $6, \
               attributes = $7 WHERE institution_id = $1 AND study_uid = $2 AND series_uid = $3 \
               AND first_ulid <> $4";
    let binds = with(
        key,
        [
            Bind::text(series),
            Bind::text(first),
            Bind::text(fold::text(&attributes, "00080060")),
            Bind::Number(fold::number(&attributes, "00200011")),
            Bind::text(Value::Object(attributes).to_string()),
        ],
    );
    connection.execute(sql, binds).await?;
    Ok(())
}

/// Makes sure that the patient of what is left has a row.
async fn keep_patient(
    connection: &mut Connection<'_>,
    institution: &Bind,
    (issuer, patient_id): &(String, String),
    first: &str,
    header: &Map<String, Value>,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO patients (institution_id, issuer, patient_id, first_ulid, name, \
               birth_date, sex, attributes, readings, terms) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
               ON CONFLICT DO NOTHING";
    let key = [
        institution.clone(),
        Bind::text(issuer.as_str()),
        Bind::text(patient_id.as_str()),
    ];
    connection
        .execute(sql, with(&key, patient(first, header)))
        .await?;
    Ok(())
}

/// What a patient's row says beside its key.
fn patient(first: &str, header: &Map<String, Value>) -> [Bind; 7] {
    let attributes = select(header, levels::PATIENT);
    let name = fold::names(&attributes, "00100010");
    let readings = readings::of(&name);
    let terms = terms::of(&name, &readings);
    [
        Bind::text(first),
        Bind::text(name),
        Bind::text(fold::date(&fold::text(&attributes, "00100030"))),
        Bind::text(fold::text(&attributes, "00100040")),
        Bind::text(Value::Object(attributes).to_string()),
        Bind::text(readings),
        Bind::text(terms),
    ]
}

async fn set_study(
    connection: &mut Connection<'_>,
    key: &[Bind],
    (issuer, patient_id): &(String, String),
    first: &str,
    header: &Map<String, Value>,
) -> Result<(), DatabaseError> {
    let attributes = select(header, levels::STUDY);
    let physician = fold::names(&attributes, "00080090");
    let readings = readings::of(&physician);
    let terms = terms::of(&physician, &readings);
    let sql = "UPDATE studies SET first_ulid = $3, issuer = $4, patient_id = $5, study_date = $6, \
               study_time = $7, accession_number = $8, study_id = $9, description = $10, \
               referring_physician = $11, attributes = $12, readings = $13, terms = $14 \
               WHERE institution_id = $1 AND study_uid = $2 AND first_ulid <> $3";
    let binds = with(
        key,
        [
            Bind::text(first),
            Bind::text(issuer.as_str()),
            Bind::text(patient_id.as_str()),
            Bind::text(fold::date(&fold::text(&attributes, "00080020"))),
            Bind::text(fold::time(&fold::text(&attributes, "00080030"), '0')),
            Bind::text(fold::text(&attributes, "00080050")),
            Bind::text(fold::text(&attributes, "00200010")),
            Bind::text(fold::text(&attributes, "00081030")),
            Bind::text(physician),
            Bind::text(Value::Object(attributes).to_string()),
            Bind::text(readings),
            Bind::text(terms),
        ],
    );
    connection.execute(sql, binds).await?;
    Ok(())
}

async fn prune_series(connection: &mut Connection<'_>, key: &[Bind]) -> Result<(), DatabaseError> {
    for sql in [
        "DELETE FROM series_contents WHERE institution_id = $1 AND study_uid = $2 AND NOT EXISTS \
         (SELECT 1 FROM instances i WHERE i.institution_id = $1 AND i.study_uid = $2 \
         AND i.series_uid = series_contents.series_uid)",
        "DELETE FROM series WHERE institution_id = $1 AND study_uid = $2 AND NOT EXISTS \
         (SELECT 1 FROM instances i WHERE i.institution_id = $1 AND i.study_uid = $2 \
         AND i.series_uid = series.series_uid)",
    ] {
        connection.execute(sql, key.to_vec()).await?;
    }
    Ok(())
}

/// Takes a patient's attributes from the earliest version that is left, or the patient out when
/// nothing refers to it. A study may name several patients: looked for are the studies that are the
/// patient's, and all of the one that is rebuilt.
async fn rebuild_patient(
    connection: &mut Connection<'_>,
    study: &[Bind],
    (issuer, patient_id): &(String, String),
) -> Result<(), DatabaseError> {
    let key = vec![
        study[0].clone(),
        Bind::text(issuer.as_str()),
        Bind::text(patient_id.as_str()),
    ];
    let sql = "SELECT i.ulid, i.header FROM studies s JOIN instances i \
               ON i.institution_id = s.institution_id AND i.study_uid = s.study_uid \
               AND i.issuer = s.issuer AND i.patient_id = s.patient_id \
               WHERE s.institution_id = $1 AND s.issuer = $2 AND s.patient_id = $3 \
               UNION ALL SELECT ulid, header FROM instances WHERE institution_id = $1 \
               AND study_uid = $4 AND issuer = $2 AND patient_id = $3 \
               ORDER BY 1 LIMIT 1";
    let binds = with(&key, [study[1].clone()]);
    let Some(row) = connection.fetch_first(sql, binds).await? else {
        let gone = "DELETE FROM patients WHERE institution_id = $1 AND issuer = $2 AND \
                    patient_id = $3 AND NOT EXISTS (SELECT 1 FROM studies s WHERE \
                    s.institution_id = $1 AND s.issuer = $2 AND s.patient_id = $3)";
        connection.execute(gone, key).await?;
        return Ok(());
    };
    let header = decompress(&row.bytes(1)?)?;
    let sql = "INSERT INTO patients (institution_id, issuer, patient_id, first_ulid, name, \
               birth_date, sex, attributes, readings, terms) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
               ON CONFLICT (institution_id, issuer, patient_id) DO UPDATE SET \
               first_ulid = excluded.first_ulid, name = excluded.name, \
               birth_date = excluded.birth_date, sex = excluded.sex, \
               attributes = excluded.attributes, readings = excluded.readings, \
               terms = excluded.terms WHERE patients.first_ulid < excluded.first_ulid";
    let binds = with(&key, patient(&row.text(0)?, &header));
    connection.execute(sql, binds).await?;
    Ok(())
}
