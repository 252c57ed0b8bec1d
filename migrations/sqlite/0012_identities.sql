-- Whom an OpenID provider knows by which subject, and whose account that is here.

CREATE TABLE identities (
    institution_id TEXT NOT NULL,
    issuer         TEXT NOT NULL,
    subject        TEXT NOT NULL,
    user_name      TEXT NOT NULL,
    PRIMARY KEY (institution_id, issuer, subject),
    FOREIGN KEY (institution_id, user_name) REFERENCES users
);
