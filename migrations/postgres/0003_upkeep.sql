-- What keeps archive and index together.

-- Which archive this is the index of: one row, which is of no institution.
CREATE TABLE archive (
    one   BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    id    TEXT COLLATE "C" NOT NULL, -- the ULID in the object archive/id
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('complete', 'rebuilding'))
);

-- Versions whose bytes verify found missing or changed: the next resend of the same data set takes
-- their place.
CREATE TABLE damaged (
    institution_id TEXT COLLATE "C" NOT NULL,
    study_uid      TEXT COLLATE "C" NOT NULL,
    series_uid     TEXT COLLATE "C" NOT NULL,
    sop_uid        TEXT COLLATE "C" NOT NULL,
    ulid           TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (institution_id, study_uid, series_uid, sop_uid, ulid),
    FOREIGN KEY (institution_id, study_uid, series_uid, sop_uid, ulid) REFERENCES instances
        ON DELETE CASCADE
);
