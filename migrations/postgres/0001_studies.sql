-- The study index. Every key begins with the institution (ARCHITECTURE.md, invariant 8).
-- Times are microseconds since 1970-01-01 UTC; ULIDs and UIDs are text.

CREATE TABLE patients (
    institution_id TEXT COLLATE "C" NOT NULL,
    issuer         TEXT COLLATE "C" NOT NULL,
    patient_id     TEXT COLLATE "C" NOT NULL,
    -- the version that the attributes below come from: the earliest that names the patient
    first_ulid     TEXT COLLATE "C" NOT NULL,
    name           TEXT COLLATE "C" NOT NULL, -- folded for matching: =alphabetic=ideographic=phonetic=
    birth_date     TEXT COLLATE "C" NOT NULL,
    sex            TEXT COLLATE "C" NOT NULL,
    attributes     TEXT NOT NULL, -- DICOM JSON
    PRIMARY KEY (institution_id, issuer, patient_id)
);
CREATE INDEX patients_by_id ON patients (institution_id, patient_id);

CREATE TABLE studies (
    institution_id      TEXT COLLATE "C" NOT NULL,
    study_uid           TEXT COLLATE "C" NOT NULL,
    issuer              TEXT COLLATE "C" NOT NULL,
    patient_id          TEXT COLLATE "C" NOT NULL,
    first_ulid          TEXT COLLATE "C" NOT NULL,
    study_date          TEXT COLLATE "C" NOT NULL, -- YYYYMMDD or empty
    study_time          TEXT COLLATE "C" NOT NULL, -- HHMMSS.FFFFFF or empty
    accession_number    TEXT COLLATE "C" NOT NULL,
    study_id            TEXT COLLATE "C" NOT NULL,
    description         TEXT COLLATE "C" NOT NULL,
    referring_physician TEXT COLLATE "C" NOT NULL, -- folded like a patient's name
    attributes          TEXT NOT NULL,
    PRIMARY KEY (institution_id, study_uid),
    FOREIGN KEY (institution_id, issuer, patient_id) REFERENCES patients
);
CREATE INDEX studies_by_patient ON studies (institution_id, issuer, patient_id);
CREATE INDEX studies_by_time ON studies (institution_id, study_date DESC, study_time DESC, study_uid);
CREATE INDEX studies_by_accession ON studies (institution_id, accession_number);

CREATE TABLE series (
    institution_id TEXT COLLATE "C" NOT NULL,
    study_uid      TEXT COLLATE "C" NOT NULL,
    series_uid     TEXT COLLATE "C" NOT NULL,
    first_ulid     TEXT COLLATE "C" NOT NULL,
    modality       TEXT COLLATE "C" NOT NULL,
    series_number  BIGINT,
    attributes     TEXT NOT NULL,
    PRIMARY KEY (institution_id, study_uid, series_uid),
    FOREIGN KEY (institution_id, study_uid) REFERENCES studies
);

-- Every version of every instance. Which one is shown follows from the set alone, not from the
-- order in which it came in.
CREATE TABLE instances (
    institution_id  TEXT COLLATE "C" NOT NULL,
    study_uid       TEXT COLLATE "C" NOT NULL,
    series_uid      TEXT COLLATE "C" NOT NULL,
    sop_uid         TEXT COLLATE "C" NOT NULL,
    ulid            TEXT COLLATE "C" NOT NULL,
    state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('shown', 'earlier', 'aside')),
    issuer          TEXT COLLATE "C" NOT NULL,
    patient_id      TEXT COLLATE "C" NOT NULL,
    sop_class       TEXT COLLATE "C" NOT NULL,
    transfer_syntax TEXT COLLATE "C" NOT NULL,
    instance_number BIGINT,
    length          BIGINT NOT NULL,
    dataset_offset  BIGINT NOT NULL,
    digest          BYTEA NOT NULL,
    pixel_offset    BIGINT,
    frame_count     BIGINT NOT NULL,
    received        BIGINT NOT NULL,
    origin          TEXT COLLATE "C" NOT NULL,
    attributes      TEXT NOT NULL,
    frames          BYTEA,
    header          BYTEA NOT NULL, -- zstd of DICOM JSON
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
    institution_id  TEXT COLLATE "C" NOT NULL,
    study_uid       TEXT COLLATE "C" NOT NULL,
    series_uid      TEXT COLLATE "C" NOT NULL,
    sop_class       TEXT COLLATE "C" NOT NULL,
    transfer_syntax TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (institution_id, study_uid, series_uid, sop_class, transfer_syntax)
);

-- Changes, written in the transaction of what changed. `id` is no commit order.
CREATE TABLE outbox (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    institution_id TEXT COLLATE "C" NOT NULL,
    kind           TEXT COLLATE "C" NOT NULL CHECK (kind IN ('stored', 'kept', 'deleted')),
    study_uid      TEXT COLLATE "C" NOT NULL,
    series_uid     TEXT COLLATE "C" NOT NULL,
    sop_uid        TEXT COLLATE "C" NOT NULL,
    ulid           TEXT COLLATE "C" NOT NULL,
    at             BIGINT NOT NULL
);

-- Already compressed: kept out of line as it is.
ALTER TABLE instances ALTER COLUMN header SET STORAGE EXTERNAL;
ALTER TABLE instances ALTER COLUMN frames SET STORAGE EXTERNAL;
