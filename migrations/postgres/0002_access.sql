-- Access episodes, accounts and sessions.

CREATE TABLE audit (
    id             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor          TEXT COLLATE "C" NOT NULL,
    purpose        TEXT COLLATE "C" NOT NULL,
    operation      TEXT COLLATE "C" NOT NULL,
    institution_id TEXT COLLATE "C",
    study_uid      TEXT COLLATE "C",
    began          BIGINT NOT NULL
);

CREATE TABLE users (
    institution_id TEXT COLLATE "C" NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    password_hash  TEXT COLLATE "C" NOT NULL,
    must_change    BIGINT NOT NULL CHECK (must_change IN (0, 1)),
    created        BIGINT NOT NULL,
    PRIMARY KEY (institution_id, name)
);

CREATE TABLE sessions (
    institution_id TEXT COLLATE "C" NOT NULL,
    user_name      TEXT COLLATE "C" NOT NULL,
    token_hash     BYTEA NOT NULL UNIQUE,
    expires        BIGINT NOT NULL,
    PRIMARY KEY (institution_id, user_name, token_hash),
    FOREIGN KEY (institution_id, user_name) REFERENCES users
);
CREATE INDEX sessions_by_end ON sessions (expires);
