-- What keeps archive and index together.

-- Which archive this is the index of: one row, which is of no institution.
CREATE TABLE archive (
    one   BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    id    TEXT NOT NULL, -- the ULID in the object archive/id
    state TEXT NOT NULL CHECK (state IN ('complete', 'rebuilding'))
);

-- Versions whose bytes verify found missing or changed: the next resend of the same data set takes
-- their place.
CREATE TABLE damaged (
    institution_id TEXT NOT NULL,
    study_uid      TEXT NOT NULL,
    series_uid     TEXT NOT NULL,
    sop_uid        TEXT NOT NULL,
    ulid           TEXT NOT NULL,
    PRIMARY KEY (institution_id, study_uid, series_uid, sop_uid, ulid),
    FOREIGN KEY (institution_id, study_uid, series_uid, sop_uid, ulid) REFERENCES instances
        ON DELETE CASCADE
);
