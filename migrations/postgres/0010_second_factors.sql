-- What an authenticator app shares with an account (TOTP, RFC 6238).

CREATE TABLE second_factors (
    institution_id TEXT COLLATE "C" NOT NULL,
    user_name      TEXT COLLATE "C" NOT NULL,
    secret         BYTEA NOT NULL,
    confirmed      BIGINT NOT NULL CHECK (confirmed IN (0, 1)),
    last_step      BIGINT NOT NULL, -- of the last code that was taken: none is taken twice
    PRIMARY KEY (institution_id, user_name),
    FOREIGN KEY (institution_id, user_name) REFERENCES users
);
