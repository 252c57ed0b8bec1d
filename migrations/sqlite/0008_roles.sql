-- Roles, locked accounts, tokens of programs, and what administrators did.

ALTER TABLE users ADD COLUMN locked BIGINT NOT NULL DEFAULT 0 CHECK (locked IN (0, 1));

CREATE TABLE user_roles (
    institution_id TEXT NOT NULL,
    user_name      TEXT NOT NULL,
    role           TEXT NOT NULL,
    PRIMARY KEY (institution_id, user_name, role),
    FOREIGN KEY (institution_id, user_name) REFERENCES users
);

-- Whoever had an account could see and change everything: nobody loses what they work with. That none of them
-- keeps accounts, an operator mends at the command line.
INSERT INTO user_roles (institution_id, user_name, role)
SELECT institution_id, name, 'radiologist' FROM users
UNION ALL
SELECT institution_id, name, 'archivist' FROM users;

CREATE TABLE tokens (
    institution_id TEXT NOT NULL,
    name           TEXT NOT NULL,
    token_hash     BLOB NOT NULL UNIQUE,
    operations     TEXT NOT NULL, -- names, joined by commas
    created        BIGINT NOT NULL,
    expires        BIGINT NOT NULL,
    PRIMARY KEY (institution_id, name)
);

CREATE TABLE deeds (
    institution_id TEXT NOT NULL,
    number         INTEGER PRIMARY KEY,
    actor          TEXT NOT NULL,
    deed           TEXT NOT NULL,
    subject        TEXT NOT NULL,
    detail         TEXT NOT NULL,
    done           BIGINT NOT NULL
);
CREATE INDEX deeds_by_institution ON deeds (institution_id, number);
