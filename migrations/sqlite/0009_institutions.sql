-- Institutions, where they stand, and the application entities that are theirs.

CREATE TABLE institutions (
    id          TEXT PRIMARY KEY,
    credit_code TEXT, -- GB 32100; none for those that the configuration names
    campus      TEXT NOT NULL,
    name        TEXT NOT NULL,
    level       TEXT NOT NULL,
    ownership   TEXT NOT NULL,
    region      TEXT NOT NULL, -- GB/T 2260
    standing    TEXT NOT NULL,
    entered     BIGINT NOT NULL,
    UNIQUE (credit_code, campus)
);

-- Whoever worked until now goes on.
INSERT INTO institutions (id, campus, name, level, ownership, region, standing, entered)
SELECT institution_id, '', institution_id, '', '', '', 'active', 0
FROM (SELECT institution_id FROM users UNION SELECT institution_id FROM tokens
      UNION SELECT institution_id FROM studies) known;

CREATE TABLE application_entities (
    institution_id TEXT NOT NULL REFERENCES institutions,
    ae_title       TEXT NOT NULL,
    host           TEXT NOT NULL,
    port           BIGINT NOT NULL,
    operations     TEXT NOT NULL, -- names, joined by commas
    PRIMARY KEY (institution_id, ae_title)
);
CREATE INDEX application_entities_by_title ON application_entities (ae_title);
