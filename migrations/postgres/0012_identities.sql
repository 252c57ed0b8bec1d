-- Whom an OpenID provider knows by which subject, and whose account that is here.

CREATE TABLE identities (
    institution_id TEXT COLLATE "C" NOT NULL,
    issuer         TEXT COLLATE "C" NOT NULL,
    subject        TEXT COLLATE "C" NOT NULL,
    user_name      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (institution_id, issuer, subject),
    FOREIGN KEY (institution_id, user_name) REFERENCES users
);
