-- The worklist (PS3.4 annex CC, PS3.18 chapter 11). Times are microseconds since 1970-01-01 UTC.

-- One row an institution that has a worklist; the revision counts changes of who follows all of it.
CREATE TABLE worklists (
    institution_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    revision       BIGINT NOT NULL
);

CREATE TABLE workitems (
    institution_id  TEXT COLLATE "C" NOT NULL,
    uid             TEXT COLLATE "C" NOT NULL,
    state           TEXT COLLATE "C" NOT NULL CHECK (state IN ('SCHEDULED', 'IN PROGRESS', 'COMPLETED', 'CANCELED')),
    transaction_uid TEXT COLLATE "C",          -- who holds it; never shown
    patient_id      TEXT COLLATE "C" NOT NULL,
    starts          TEXT COLLATE "C" NOT NULL, -- Scheduled Procedure Step Start DateTime as it is written
    attributes      TEXT COLLATE "C" NOT NULL, -- DICOM JSON without the Transaction UID
    version         BIGINT NOT NULL,
    ended           BIGINT,        -- when it reached a final state
    PRIMARY KEY (institution_id, uid)
);
CREATE INDEX workitems_by_start ON workitems (institution_id, starts, uid);
CREATE INDEX workitems_by_state ON workitems (institution_id, state, starts, uid);
CREATE INDEX workitems_by_patient ON workitems (institution_id, patient_id);
CREATE INDEX workitems_by_end ON workitems (ended);

-- Workitems that were: 410 rather than 404.
CREATE TABLE workitems_gone (
    institution_id TEXT COLLATE "C" NOT NULL,
    uid            TEXT COLLATE "C" NOT NULL,
    at             BIGINT NOT NULL,
    PRIMARY KEY (institution_id, uid)
);
CREATE INDEX workitems_gone_by_time ON workitems_gone (at);

-- Who is sent event reports, and how far they came.
CREATE TABLE workitem_subscribers (
    institution_id TEXT COLLATE "C" NOT NULL,
    ae_title       TEXT COLLATE "C" NOT NULL,
    written        BIGINT NOT NULL, -- number of the last event written for it
    acknowledged   BIGINT NOT NULL, -- number of the last event that it has
    PRIMARY KEY (institution_id, ae_title)
);

CREATE TABLE workitem_subscriptions (
    institution_id TEXT COLLATE "C" NOT NULL,
    uid            TEXT COLLATE "C" NOT NULL,
    ae_title       TEXT COLLATE "C" NOT NULL,
    deletion_lock  BIGINT NOT NULL CHECK (deletion_lock IN (0, 1)),
    PRIMARY KEY (institution_id, uid, ae_title),
    FOREIGN KEY (institution_id, uid) REFERENCES workitems ON DELETE CASCADE,
    FOREIGN KEY (institution_id, ae_title) REFERENCES workitem_subscribers
);
CREATE INDEX workitem_subscriptions_by_title ON workitem_subscriptions (institution_id, ae_title);

-- Who follows all that come, or all that match.
CREATE TABLE worklist_subscriptions (
    institution_id TEXT COLLATE "C" NOT NULL,
    ae_title       TEXT COLLATE "C" NOT NULL,
    worklist       TEXT COLLATE "C" NOT NULL, -- the well-known UID
    deletion_lock  BIGINT NOT NULL CHECK (deletion_lock IN (0, 1)),
    filter         TEXT COLLATE "C" NOT NULL, -- name=value lines, as they were asked
    PRIMARY KEY (institution_id, ae_title),
    FOREIGN KEY (institution_id, ae_title) REFERENCES workitem_subscribers
);

-- Event reports that wait, numbered for each subscriber in the order of commits.
CREATE TABLE workitem_events (
    institution_id TEXT COLLATE "C" NOT NULL,
    ae_title       TEXT COLLATE "C" NOT NULL,
    number         BIGINT NOT NULL,
    report         TEXT COLLATE "C" NOT NULL, -- DICOM JSON without the Message ID
    at             BIGINT NOT NULL,
    PRIMARY KEY (institution_id, ae_title, number),
    FOREIGN KEY (institution_id, ae_title) REFERENCES workitem_subscribers
);
CREATE INDEX workitem_events_by_time ON workitem_events (at);
