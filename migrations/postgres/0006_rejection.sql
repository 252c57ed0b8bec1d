-- Versions that were rejected (IHE IOCM; docs/adr/0014): out of `instances`, so that nothing finds
-- them, until they are restored or removed.
CREATE TABLE rejected (
    institution_id  TEXT COLLATE "C" NOT NULL,
    study_uid       TEXT COLLATE "C" NOT NULL,
    series_uid      TEXT COLLATE "C" NOT NULL,
    sop_uid         TEXT COLLATE "C" NOT NULL,
    ulid            TEXT COLLATE "C" NOT NULL,
    sop_class       TEXT COLLATE "C" NOT NULL,
    transfer_syntax TEXT COLLATE "C" NOT NULL,
    length          BIGINT NOT NULL,
    dataset_offset  BIGINT NOT NULL,
    digest          BYTEA NOT NULL,
    code            TEXT COLLATE "C" NOT NULL, -- code value of DCM: 113001, 113037, 113038, 113039
    at              BIGINT NOT NULL,
    PRIMARY KEY (institution_id, study_uid, series_uid, sop_uid, ulid)
);

-- The outbox learns two kinds.
ALTER TABLE outbox DROP CONSTRAINT outbox_kind_check;
ALTER TABLE outbox ADD CONSTRAINT outbox_kind_check
    CHECK (kind IN ('stored', 'kept', 'deleted', 'rejected', 'restored'));
