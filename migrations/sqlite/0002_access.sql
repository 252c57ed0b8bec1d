-- Access episodes, accounts and sessions.

CREATE TABLE audit (
    id             INTEGER PRIMARY KEY,
    actor          TEXT NOT NULL,
    purpose        TEXT NOT NULL,
    operation      TEXT NOT NULL,
    institution_id TEXT,
    study_uid      TEXT,
    began          BIGINT NOT NULL
);

CREATE TABLE users (
    institution_id TEXT NOT NULL,
    name           TEXT NOT NULL,
    password_hash  TEXT NOT NULL,
    must_change    BIGINT NOT NULL CHECK (must_change IN (0, 1)),
    created        BIGINT NOT NULL,
    PRIMARY KEY (institution_id, name)
);

CREATE TABLE sessions (
    institution_id TEXT NOT NULL,
    user_name      TEXT NOT NULL,
    token_hash     BLOB NOT NULL UNIQUE,
    expires        BIGINT NOT NULL,
    PRIMARY KEY (institution_id, user_name, token_hash),
    FOREIGN KEY (institution_id, user_name) REFERENCES users
);
CREATE INDEX sessions_by_end ON sessions (expires);
