-- Roles, locked accounts, tokens of programs, and what administrators did.

ALTER TABLE users ADD COLUMN locked BIGINT NOT NULL DEFAULT 0 CHECK (locked IN (0, 1));

CREATE TABLE user_roles (
    institution_id TEXT COLLATE "C" NOT NULL,
    user_name      TEXT COLLATE "C" NOT NULL,
    role           TEXT COLLATE "C" NOT NULL,
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
    institution_id TEXT COLLATE "C" NOT NULL,
    name           TEXT COLLATE "C" NOT NULL,
    token_hash     BYTEA NOT NULL UNIQUE,
    operations     TEXT COLLATE "C" NOT NULL, -- names, joined by commas
    created        BIGINT NOT NULL,
    expires        BIGINT NOT NULL,
    PRIMARY KEY (institution_id, name)
);

CREATE TABLE deeds (
    institution_id TEXT COLLATE "C" NOT NULL,
    number         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor          TEXT COLLATE "C" NOT NULL,
    deed           TEXT COLLATE "C" NOT NULL,
    subject        TEXT COLLATE "C" NOT NULL,
    detail         TEXT COLLATE "C" NOT NULL,
    done           BIGINT NOT NULL
);
CREATE INDEX deeds_by_institution ON deeds (institution_id, number);
