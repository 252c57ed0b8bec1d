//! The statements that write one instance. All share one numbering of placeholders;
//! [`super::Prepared`] gives the values:
//!
//! `$1` institution, `$2` study, `$3` series, `$4` instance, `$5` ULID, `$6` issuer, `$7` patient id,
//! `$8–$11` patient, `$12–$18` study, `$19–$21` series, `$22` state, `$23–$35` instance, `$36` kind of
//! change, `$37` when, `$38–$39` readings and terms of the patient's name, `$40–$41` of the referring
//! physician's.

/// Patient, study and series, each taken from the earliest version that is part of it.
macro_rules! parents {
    ($condition:literal) => {
        [
            concat!(
                "INSERT INTO patients (institution_id, issuer, patient_id, first_ulid, name, ",
                "birth_date, sex, attributes, readings, terms) ",
                "SELECT $1, $6, $7, $5, $8, $9, $10, $11, $38, $39 WHERE ",
                $condition,
                " ON CONFLICT (institution_id, issuer, patient_id) DO UPDATE SET ",
                "first_ulid = excluded.first_ulid, name = excluded.name, ",
                "birth_date = excluded.birth_date, sex = excluded.sex, ",
                "attributes = excluded.attributes, readings = excluded.readings, ",
                "terms = excluded.terms WHERE excluded.first_ulid < patients.first_ulid",
            ),
            concat!(
                "INSERT INTO studies (institution_id, study_uid, issuer, patient_id, first_ulid, ",
                "study_date, study_time, accession_number, study_id, description, ",
                "referring_physician, attributes, readings, terms) ",
                "SELECT $1, $2, $6, $7, $5, $12, $13, $14, $15, $16, $17, $18, $40, $41 WHERE ",
                $condition,
                " ON CONFLICT (institution_id, study_uid) DO UPDATE SET ",
                "issuer = excluded.issuer, patient_id = excluded.patient_id, ",
                "first_ulid = excluded.first_ulid, study_date = excluded.study_date, ",
                "study_time = excluded.study_time, accession_number = excluded.accession_number, ",
                "study_id = excluded.study_id, description = excluded.description, ",
                "referring_physician = excluded.referring_physician, ",
                "attributes = excluded.attributes, readings = excluded.readings, ",
                "terms = excluded.terms WHERE excluded.first_ulid < studies.first_ulid",
            ),
            concat!(
                "INSERT INTO series (institution_id, study_uid, series_uid, first_ulid, modality, ",
                "series_number, attributes) SELECT $1, $2, $3, $5, $19, $20, $21 WHERE ",
                $condition,
                " ON CONFLICT (institution_id, study_uid, series_uid) DO UPDATE SET ",
                "first_ulid = excluded.first_ulid, modality = excluded.modality, ",
                "series_number = excluded.series_number, attributes = excluded.attributes ",
                "WHERE excluded.first_ulid < series.first_ulid",
            ),
        ]
    };
}

macro_rules! new_instance {
    () => {
        concat!(
            "INSERT INTO instances (institution_id, study_uid, series_uid, sop_uid, ulid, state, ",
            "issuer, patient_id, sop_class, transfer_syntax, instance_number, length, ",
            "dataset_offset, digest, pixel_offset, frame_count, received, origin, attributes, ",
            "frames, header) SELECT $1, $2, $3, $4, $5, $22, $6, $7, $23, $24, $25, $26, $27, $28, ",
            "$29, $30, $31, $32, $33, $34, $35",
        )
    };
}

macro_rules! change {
    () => {
        concat!(
            "INSERT INTO outbox (institution_id, kind, study_uid, series_uid, sop_uid, ulid, at) ",
            "SELECT $1, $36, $2, $3, $4, $5, $37",
        )
    };
}

/// Patient, study and series.
pub(super) const PARENTS: [&str; 3] = parents!("true");

/// The version.
pub(super) const INSTANCE: &str = new_instance!();

/// The change.
pub(super) const CHANGE: &str = change!();

/// SQLite, the usual case: what comes with the first version of an instance, unless one is shown.
pub(super) const NEW_PARENTS: [&str; 3] = parents!(
    "NOT EXISTS (SELECT 1 FROM instances WHERE institution_id = $1 AND study_uid = $2 AND \
     series_uid = $3 AND sop_uid = $4 AND state = 'shown') AND NOT EXISTS (SELECT 1 FROM rejected \
     WHERE institution_id = $1 AND study_uid = $2 AND series_uid = $3 AND sop_uid = $4 \
     AND ulid <> $5 AND digest = $28 AND transfer_syntax = $24)"
);

/// The first version; changes nothing where one is there, or the same content was rejected.
pub(super) const NEW_INSTANCE: &str = concat!(
    new_instance!(),
    " WHERE NOT EXISTS (SELECT 1 FROM rejected WHERE institution_id = $1 AND study_uid = $2 ",
    "AND series_uid = $3 AND sop_uid = $4 AND ulid <> $5 AND digest = $28 ",
    "AND transfer_syntax = $24) ON CONFLICT DO NOTHING"
);

/// The rejected version of the same content.
pub(super) const REJECTED: &str = "SELECT 1 FROM rejected WHERE institution_id = $1 AND study_uid = $2 AND series_uid = $3 \
     AND sop_uid = $4 AND ulid <> $5 AND digest = $6 AND transfer_syntax = $7";

/// What the shown instances of the series are made of, by the first version of one.
pub(super) const NEW_CONTENTS: &str = "INSERT INTO series_contents (institution_id, study_uid, series_uid, sop_class, \
     transfer_syntax, instances) VALUES ($1, $2, $3, $23, $24, 1) \
     ON CONFLICT (institution_id, study_uid, series_uid, sop_class, transfer_syntax) \
     DO UPDATE SET instances = series_contents.instances + 1";

/// PostgreSQL, the usual case of a whole batch as one statement: arrays instead of values, rows of
/// instances that have a version already are left out, and those written come back. Rows are
/// touched in the order of their keys, so that two nodes seldom meet in a deadlock; a parent that is
/// there and does not change is not touched at all, but for what is counted of a series. `OFFSET 0` keeps the planner from making one
/// join of what shall be an index probe a row: the plan is made once, when the tables may be empty
/// (`Store::Postgres`).
pub(super) const POSTGRES_NEW: &str = "
WITH input AS (
    SELECT * FROM UNNEST(
        $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[],
        $15::text[], $16::text[], $17::text[], $18::text[], $19::text[], $20::bigint[], $21::text[],
        $22::text[], $23::text[], $24::text[], $25::bigint[], $26::bigint[], $27::bigint[],
        $28::bytea[], $29::bigint[], $30::bigint[], $31::bigint[], $32::text[], $33::text[],
        $34::bytea[], $35::bytea[], $38::text[], $39::text[], $40::text[], $41::text[]
    ) AS t(
        institution_id, study_uid, series_uid, sop_uid, ulid, issuer, patient_id,
        name, birth_date, sex, patient, study_date, study_time, accession_number,
        study_id, description, referring_physician, study, modality, series_number, series,
        state, sop_class, transfer_syntax, instance_number, length, dataset_offset,
        digest, pixel_offset, frame_count, received, origin, attributes,
        frames, header, readings, terms, physician_readings, physician_terms
    )
), fresh AS (
    SELECT * FROM input t WHERE NOT EXISTS (
        SELECT 1 FROM instances i WHERE i.institution_id = t.institution_id
        AND i.study_uid = t.study_uid AND i.series_uid = t.series_uid AND i.sop_uid = t.sop_uid
        AND i.state = 'shown' OFFSET 0)
    AND NOT EXISTS (
        SELECT 1 FROM rejected r WHERE r.institution_id = t.institution_id
        AND r.study_uid = t.study_uid AND r.series_uid = t.series_uid AND r.sop_uid = t.sop_uid
        AND r.ulid <> t.ulid AND r.digest = t.digest AND r.transfer_syntax = t.transfer_syntax
        OFFSET 0)
), new_patients AS (
    INSERT INTO patients (institution_id, issuer, patient_id, first_ulid, name, birth_date, sex,
        attributes, readings, terms)
    SELECT DISTINCT ON (institution_id, issuer, patient_id)
        institution_id, issuer, patient_id, ulid, name, birth_date, sex, patient, readings,
        terms
    FROM fresh t WHERE NOT EXISTS (
        SELECT 1 FROM patients p WHERE p.institution_id = t.institution_id AND p.issuer = t.issuer
        AND p.patient_id = t.patient_id AND p.first_ulid <= t.ulid OFFSET 0)
    ORDER BY institution_id, issuer, patient_id, ulid
    ON CONFLICT (institution_id, issuer, patient_id) DO UPDATE SET
        first_ulid = excluded.first_ulid, name = excluded.name, birth_date = excluded.birth_date,
        sex = excluded.sex, attributes = excluded.attributes, readings = excluded.readings,
        terms = excluded.terms
    WHERE excluded.first_ulid < patients.first_ulid
), new_studies AS (
    INSERT INTO studies (institution_id, study_uid, issuer, patient_id, first_ulid, study_date,
        study_time, accession_number, study_id, description, referring_physician, attributes,
        readings, terms)
    SELECT DISTINCT ON (institution_id, study_uid)
        institution_id, study_uid, issuer, patient_id, ulid, study_date, study_time,
        accession_number, study_id, description, referring_physician, study, physician_readings,
        physician_terms
    FROM fresh t WHERE NOT EXISTS (
        SELECT 1 FROM studies s WHERE s.institution_id = t.institution_id
        AND s.study_uid = t.study_uid AND s.first_ulid <= t.ulid OFFSET 0)
    ORDER BY institution_id, study_uid, ulid
    ON CONFLICT (institution_id, study_uid) DO UPDATE SET
        issuer = excluded.issuer, patient_id = excluded.patient_id,
        first_ulid = excluded.first_ulid, study_date = excluded.study_date,
        study_time = excluded.study_time, accession_number = excluded.accession_number,
        study_id = excluded.study_id, description = excluded.description,
        referring_physician = excluded.referring_physician, attributes = excluded.attributes,
        readings = excluded.readings, terms = excluded.terms
    WHERE excluded.first_ulid < studies.first_ulid
), new_series AS (
    INSERT INTO series (institution_id, study_uid, series_uid, first_ulid, modality, series_number,
        attributes)
    SELECT DISTINCT ON (institution_id, study_uid, series_uid)
        institution_id, study_uid, series_uid, ulid, modality, series_number, series
    FROM fresh t WHERE NOT EXISTS (
        SELECT 1 FROM series e WHERE e.institution_id = t.institution_id
        AND e.study_uid = t.study_uid AND e.series_uid = t.series_uid AND e.first_ulid <= t.ulid OFFSET 0)
    ORDER BY institution_id, study_uid, series_uid, ulid
    ON CONFLICT (institution_id, study_uid, series_uid) DO UPDATE SET
        first_ulid = excluded.first_ulid, modality = excluded.modality,
        series_number = excluded.series_number, attributes = excluded.attributes
    WHERE excluded.first_ulid < series.first_ulid
), stored AS (
    INSERT INTO instances (institution_id, study_uid, series_uid, sop_uid, ulid, state, issuer,
        patient_id, sop_class, transfer_syntax, instance_number, length, dataset_offset, digest,
        pixel_offset, frame_count, received, origin, attributes, frames, header)
    SELECT institution_id, study_uid, series_uid, sop_uid, ulid, state, issuer, patient_id,
        sop_class, transfer_syntax, instance_number, length, dataset_offset, digest, pixel_offset,
        frame_count, received, origin, attributes, frames, header
    FROM fresh ORDER BY institution_id, study_uid, series_uid, sop_uid, ulid
    ON CONFLICT DO NOTHING
    RETURNING institution_id, study_uid, series_uid, sop_uid, ulid, sop_class, transfer_syntax
), new_contents AS (
    INSERT INTO series_contents (institution_id, study_uid, series_uid, sop_class, transfer_syntax,
        instances)
    SELECT institution_id, study_uid, series_uid, sop_class, transfer_syntax, COUNT(*)
    FROM stored GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (institution_id, study_uid, series_uid, sop_class, transfer_syntax)
    DO UPDATE SET instances = series_contents.instances + excluded.instances
), changes AS (
    INSERT INTO outbox (institution_id, kind, study_uid, series_uid, sop_uid, ulid, at)
    SELECT institution_id, ($36::text[])[1], study_uid, series_uid, sop_uid, ulid,
        ($37::bigint[])[1]
    FROM stored
)
SELECT sop_uid, ulid FROM stored";
