-- Who may see what another institution holds, who may not, and on what something was seen.

CREATE TABLE grants (
    grant_id    TEXT COLLATE "C" PRIMARY KEY,
    basis       TEXT COLLATE "C" NOT NULL,
    reader_id   TEXT COLLATE "C" NOT NULL REFERENCES institutions,
    account     TEXT COLLATE "C" NOT NULL, -- of one person; empty: everybody there whose role reads
    holder_id   TEXT COLLATE "C" NOT NULL, -- empty: whoever holds
    study_from  TEXT COLLATE "C" NOT NULL, -- YYYYMMDD or empty
    study_to    TEXT COLLATE "C" NOT NULL,
    categories  TEXT COLLATE "C" NOT NULL, -- sensitive ones that a consent names: ',one,other,' or ','
    reference   TEXT COLLATE "C" NOT NULL, -- the visit of an encounter; else empty
    evidence    TEXT COLLATE "C" NOT NULL,
    valid_from  BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    ended       BIGINT, -- when somebody ended it before its time
    recorded    BIGINT NOT NULL,
    recorded_by TEXT COLLATE "C" NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX grants_of_visit ON grants (reader_id, reference) WHERE reference <> '';
CREATE INDEX grants_by_reader ON grants (reader_id, grant_id);
CREATE INDEX grants_by_recorder ON grants (recorded_at, grant_id);

-- What grants come to: searches go by it.
CREATE TABLE bases (
    reader_id  TEXT COLLATE "C" NOT NULL,
    issuer     TEXT COLLATE "C" NOT NULL,
    patient_id TEXT COLLATE "C" NOT NULL,
    study_uid  TEXT COLLATE "C" NOT NULL, -- empty: every study of the patient
    grant_id   TEXT COLLATE "C" NOT NULL REFERENCES grants,
    PRIMARY KEY (reader_id, issuer, patient_id, study_uid, grant_id)
);
CREATE INDEX bases_by_grant ON bases (grant_id);
CREATE INDEX patients_by_identity ON patients (issuer, patient_id);
CREATE INDEX studies_by_uid ON studies (study_uid);

CREATE TABLE prohibitions (
    prohibition_id TEXT COLLATE "C" PRIMARY KEY,
    prohibitor     TEXT COLLATE "C" NOT NULL, -- patient or law
    reader_id      TEXT COLLATE "C" NOT NULL, -- empty: everybody else than the holder
    holder_id      TEXT COLLATE "C" NOT NULL,
    study_from     TEXT COLLATE "C" NOT NULL,
    study_to       TEXT COLLATE "C" NOT NULL,
    category       TEXT COLLATE "C" NOT NULL,
    evidence       TEXT COLLATE "C" NOT NULL,
    valid_from     BIGINT NOT NULL,
    valid_until    BIGINT NOT NULL,
    ended          BIGINT,
    recorded       BIGINT NOT NULL,
    recorded_by    TEXT COLLATE "C" NOT NULL,
    recorded_at    TEXT COLLATE "C" NOT NULL
);
CREATE INDEX prohibitions_by_recorder ON prohibitions (recorded_at, prohibition_id);

CREATE TABLE prohibited (
    issuer         TEXT COLLATE "C" NOT NULL,
    patient_id     TEXT COLLATE "C" NOT NULL,
    study_uid      TEXT COLLATE "C" NOT NULL, -- empty: every study of the patient
    prohibition_id TEXT COLLATE "C" NOT NULL REFERENCES prohibitions,
    PRIMARY KEY (issuer, patient_id, study_uid, prohibition_id)
);
CREATE INDEX prohibited_by_prohibition ON prohibited (prohibition_id);

-- Marks stay where a study goes and comes again.
CREATE TABLE sensitive_studies (
    institution_id TEXT COLLATE "C" NOT NULL,
    study_uid      TEXT COLLATE "C" NOT NULL,
    category       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (institution_id, study_uid, category)
);

CREATE TABLE emergencies (
    grant_id    TEXT COLLATE "C" PRIMARY KEY REFERENCES grants,
    reason      TEXT COLLATE "C" NOT NULL,
    review_due  BIGINT NOT NULL,
    outcome     TEXT COLLATE "C", -- justified or violation, once it is reviewed
    note        TEXT COLLATE "C",
    reviewed    BIGINT,
    reviewed_by TEXT COLLATE "C"
);

-- Who read for whom, and on what.
ALTER TABLE audit ADD COLUMN reader_id TEXT COLLATE "C";
ALTER TABLE audit ADD COLUMN basis TEXT COLLATE "C";
ALTER TABLE audit ADD COLUMN grant_id TEXT COLLATE "C";
CREATE INDEX audit_by_grant ON audit (grant_id) WHERE grant_id IS NOT NULL;
