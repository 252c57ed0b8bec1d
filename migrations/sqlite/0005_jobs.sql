-- Work that waits, changes in the order in which readers see them, who is told of them
-- (docs/adr/0012), and the metadata of series in one piece (docs/adr/0013).

CREATE TABLE jobs (
    institution_id TEXT NOT NULL, -- empty: of no institution
    kind           TEXT NOT NULL,
    subject        TEXT NOT NULL, -- one job a subject
    state          TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'dead')),
    due            BIGINT NOT NULL, -- waiting: not before; running: when the lease ends; dead: since when
    asked          BIGINT NOT NULL, -- since when it waits
    again          BIGINT, -- running: asked for once more, not before
    attempts       BIGINT NOT NULL, -- runs begun since one ended well
    lease          TEXT UNIQUE, -- running: a ULID of this run
    owner          TEXT, -- running: the process
    last_error     TEXT NOT NULL,
    PRIMARY KEY (institution_id, kind, subject)
);
CREATE INDEX jobs_due ON jobs (kind, due) WHERE state <> 'dead';

-- The outbox in the order of commits: no number is missing, and none appears behind a reader's back.
CREATE TABLE changes (
    institution_id TEXT NOT NULL,
    number         BIGINT NOT NULL,
    kind           TEXT NOT NULL,
    study_uid      TEXT NOT NULL,
    series_uid     TEXT NOT NULL,
    sop_uid        TEXT NOT NULL,
    at             BIGINT NOT NULL,
    PRIMARY KEY (institution_id, number)
);

CREATE TABLE change_heads (
    institution_id TEXT NOT NULL PRIMARY KEY,
    last_number    BIGINT NOT NULL,
    began          BIGINT NOT NULL -- when number 1 was given: numbers of another beginning mean nothing
);

CREATE TABLE webhooks (
    institution_id TEXT NOT NULL,
    id             TEXT NOT NULL,
    url            TEXT NOT NULL,
    secret         BLOB NOT NULL,
    created        BIGINT NOT NULL,
    sent           BIGINT NOT NULL, -- number of the last change that was delivered
    sending        BIGINT, -- number of the last change of the message under way
    PRIMARY KEY (institution_id, id)
);

CREATE TABLE deliveries (
    institution_id TEXT NOT NULL,
    webhook_id     TEXT NOT NULL,
    first_number   BIGINT NOT NULL,
    last_number    BIGINT NOT NULL,
    attempts       BIGINT NOT NULL,
    status         BIGINT, -- of HTTP; none: there was no answer
    error          TEXT NOT NULL, -- empty: delivered
    at             BIGINT NOT NULL, -- of the last attempt
    PRIMARY KEY (institution_id, webhook_id, first_number),
    FOREIGN KEY (institution_id, webhook_id) REFERENCES webhooks ON DELETE CASCADE
);

CREATE TABLE manifests (
    institution_id TEXT NOT NULL,
    study_uid      TEXT NOT NULL,
    series_uid     TEXT NOT NULL,
    version        BLOB NOT NULL, -- of the set of instances that it was made of
    body           BLOB NOT NULL, -- zstd
    PRIMARY KEY (institution_id, study_uid, series_uid),
    FOREIGN KEY (institution_id, study_uid, series_uid) REFERENCES series ON DELETE CASCADE
);

-- Few: with the primary key it tells which versions of a series are shown, without reading a row.
CREATE INDEX instances_not_shown
    ON instances (institution_id, study_uid, series_uid, sop_uid, ulid, state)
    WHERE state <> 'shown';
