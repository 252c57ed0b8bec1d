-- Versions that were rejected (IHE IOCM; docs/adr/0014): out of `instances`, so that nothing finds
-- them, until they are restored or removed.
CREATE TABLE rejected (
    institution_id  TEXT NOT NULL,
    study_uid       TEXT NOT NULL,
    series_uid      TEXT NOT NULL,
    sop_uid         TEXT NOT NULL,
    ulid            TEXT NOT NULL,
    sop_class       TEXT NOT NULL,
    transfer_syntax TEXT NOT NULL,
    length          BIGINT NOT NULL,
    dataset_offset  BIGINT NOT NULL,
    digest          BLOB NOT NULL,
    code            TEXT NOT NULL, -- code value of DCM: 113001, 113037, 113038, 113039
    at              BIGINT NOT NULL,
    PRIMARY KEY (institution_id, study_uid, series_uid, sop_uid, ulid)
);

-- The outbox learns two kinds; SQLite changes no constraint in place.
CREATE TABLE outbox_of_more_kinds (
    id             INTEGER PRIMARY KEY,
    institution_id TEXT NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('stored', 'kept', 'deleted', 'rejected', 'restored')),
    study_uid      TEXT NOT NULL,
    series_uid     TEXT NOT NULL,
    sop_uid        TEXT NOT NULL,
    ulid           TEXT NOT NULL,
    at             BIGINT NOT NULL
);
INSERT INTO outbox_of_more_kinds SELECT id, institution_id, kind, study_uid, series_uid, sop_uid, ulid, at FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_of_more_kinds RENAME TO outbox;
