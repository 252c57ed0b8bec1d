-- Institutions, where they stand, and the application entities that are theirs.

CREATE TABLE institutions (
    id          TEXT COLLATE "C" PRIMARY KEY,
    credit_code TEXT COLLATE "C", -- GB 32100; none for those that the configuration names
    campus      TEXT COLLATE "C" NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    level       TEXT COLLATE "C" NOT NULL,
    ownership   TEXT COLLATE "C" NOT NULL,
    region      TEXT COLLATE "C" NOT NULL, -- GB/T 2260
    standing    TEXT COLLATE "C" NOT NULL,
    entered     BIGINT NOT NULL,
    UNIQUE (credit_code, campus)
);

-- Whoever worked until now goes on.
INSERT INTO institutions (id, campus, name, level, ownership, region, standing, entered)
SELECT institution_id, '', institution_id, '', '', '', 'active', 0
FROM (SELECT institution_id FROM users UNION SELECT institution_id FROM tokens
      UNION SELECT institution_id FROM studies) known;

CREATE TABLE application_entities (
    institution_id TEXT COLLATE "C" NOT NULL REFERENCES institutions,
    ae_title       TEXT COLLATE "C" NOT NULL,
    host           TEXT COLLATE "C" NOT NULL,
    port           BIGINT NOT NULL,
    operations     TEXT COLLATE "C" NOT NULL, -- names, joined by commas
    PRIMARY KEY (institution_id, ae_title)
);
CREATE INDEX application_entities_by_title ON application_entities (ae_title);
