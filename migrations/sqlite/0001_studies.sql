-- The study index. Every key begins with the institution (ARCHITECTURE.md, invariant 8).
-- Times are microseconds since 1970-01-01 UTC; ULIDs and UIDs are text.

CREATE TABLE patients (
    institution_id TEXT NOT NULL,
    issuer         TEXT NOT NULL,
    patient_id     TEXT NOT NULL,
    -- the version that the attributes below come from: the earliest that names the patient
    first_ulid     TEXT NOT NULL,
    name           TEXT NOT NULL, -- folded for matching: =alphabetic=ideographic=phonetic=
    birth_date     TEXT NOT NULL,
    sex            TEXT NOT NULL,
    attributes     TEXT NOT NULL, -- DICOM JSON
    PRIMARY KEY (institution_id, issuer, patient_id)
);
CREATE INDEX patients_by_id ON patients (institution_id, patient_id);

CREATE TABLE studies (
    institution_id      TEXT NOT NULL,
    study_uid           TEXT NOT NULL,
    issuer              TEXT NOT NULL,
    patient_id          TEXT NOT NULL,
    first_ulid          TEXT NOT NULL,
    study_date          TEXT NOT NULL, -- YYYYMMDD or empty
    study_time          TEXT NOT NULL, -- HHMMSS.FFFFFF or empty
    accession_number    TEXT NOT NULL,
    study_id            TEXT NOT NULL,
    description         TEXT NOT NULL,
    referring_physician TEXT NOT NULL, -- folded like a patient's name
    attributes          TEXT NOT NULL,
    PRIMARY KEY (institution_id, study_uid),
    FOREIGN KEY (institution_id, issuer, patient_id) REFERENCES patients
);
CREATE INDEX studies_by_patient ON studies (institution_id, issuer, patient_id);
CREATE INDEX studies_by_time ON studies (institution_id, study_date DESC, study_time DESC, study_uid);
CREATE INDEX studies_by_accession ON studies (institution_id, accession_number);

CREATE TABLE series (
    institution_id TEXT NOT NULL,
    study_uid      TEXT NOT NULL,
    series_uid     TEXT NOT NULL,
    first_ulid     TEXT NOT NULL,
    modality       TEXT NOT NULL,
    series_number  BIGINT,
    attributes     TEXT NOT NULL,
    PRIMARY KEY (institution_id, study_uid, series_uid),
    FOREIGN KEY (institution_id, study_uid) REFERENCES studies
);

-- Every version of every instance. Which one is shown follows from the set alone, not from the
-- order in which it came in.
CREATE TABLE instances (
    institution_id  TEXT NOT NULL,
    study_uid       TEXT NOT NULL,
    series_uid      TEXT NOT NULL,
    sop_uid         TEXT NOT NULL,
    ulid            TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('shown', 'earlier', 'aside')),
    issuer          TEXT NOT NULL,
    patient_id      TEXT NOT NULL,
    sop_class       TEXT NOT NULL,
    transfer_syntax TEXT NOT NULL,
    instance_number BIGINT,
    length          BIGINT NOT NULL,
    dataset_offset  BIGINT NOT NULL,
    digest          BLOB NOT NULL,
    pixel_offset    BIGINT,
    frame_count     BIGINT NOT NULL,
    received        BIGINT NOT NULL,
    origin          TEXT NOT NULL,
    attributes      TEXT NOT NULL,
    frames          BLOB,
    header          BLOB NOT NULL, -- zstd of DICOM JSON
    PRIMARY KEY (institution_id, study_uid, series_uid, sop_uid, ulid),
    FOREIGN KEY (institution_id, study_uid, series_uid) REFERENCES series
);
-- `state` is in it so that counting needs the index only.
CREATE UNIQUE INDEX instances_shown
    ON instances (institution_id, study_uid, series_uid, sop_uid, state) WHERE state = 'shown';
CREATE INDEX instances_by_sop ON instances (institution_id, sop_uid);

-- What the shown instances of a series are made of; small, so that a page of studies need not
-- visit every instance.
CREATE TABLE series_contents (
    institution_id  TEXT NOT NULL,
    study_uid       TEXT NOT NULL,
    series_uid      TEXT NOT NULL,
    sop_class       TEXT NOT NULL,
    transfer_syntax TEXT NOT NULL,
    PRIMARY KEY (institution_id, study_uid, series_uid, sop_class, transfer_syntax)
);

-- Changes, written in the transaction of what changed. `id` is no commit order.
CREATE TABLE outbox (
    id             INTEGER PRIMARY KEY,
    institution_id TEXT NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('stored', 'kept', 'deleted')),
    study_uid      TEXT NOT NULL,
    series_uid     TEXT NOT NULL,
    sop_uid        TEXT NOT NULL,
    ulid           TEXT NOT NULL,
    at             BIGINT NOT NULL
);
