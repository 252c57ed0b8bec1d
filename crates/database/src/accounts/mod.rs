//! Accounts and their sessions.

use model::InstitutionId;
use time::OffsetDateTime;

use crate::{Database, DatabaseError};

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The institution that it belongs to.
    pub institution: InstitutionId,
    /// Account name.
    pub name: String,
    /// The password hash (PHC string).
    pub password_hash: String,
    /// Whether the password must be changed at the next sign-in.
    pub must_change: bool,
}

/// A session: somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The institution of the account.
    pub institution: InstitutionId,
    /// Account name.
    pub user: String,
    /// When it ends.
    pub expires: OffsetDateTime,
}

impl Database {
    /// Makes the first administrator `admin`, who must change the password; false (and nothing done)
    /// when the institution has an account already.
    pub async fn create_first_administrator(
        &self,
        _institution: &InstitutionId,
        _password_hash: &str,
    ) -> Result<bool, DatabaseError> {
        unimplemented!()
    }

    /// The account `name`.
    pub async fn user(
        &self,
        _institution: &InstitutionId,
        _name: &str,
    ) -> Result<Option<User>, DatabaseError> {
        unimplemented!()
    }

    /// Sets a password; ends every session of the account. False when there is no such account.
    pub async fn set_password(
        &self,
        _institution: &InstitutionId,
        _name: &str,
        _password_hash: &str,
        _must_change: bool,
    ) -> Result<bool, DatabaseError> {
        unimplemented!()
    }

    /// Opens a session under the hash of its token.
    pub async fn open_session(
        &self,
        _institution: &InstitutionId,
        _user: &str,
        _token_hash: &[u8; 32],
        _expires: OffsetDateTime,
    ) -> Result<(), DatabaseError> {
        unimplemented!()
    }

    /// The session of a token's hash, unless it has ended by the database's clock.
    pub async fn session(&self, _token_hash: &[u8; 32]) -> Result<Option<Session>, DatabaseError> {
        unimplemented!()
    }

    /// Ends a session.
    pub async fn close_session(&self, _token_hash: &[u8; 32]) -> Result<(), DatabaseError> {
        unimplemented!()
    }

    /// Forgets sessions that have ended; returns how many.
    pub async fn purge_sessions(&self) -> Result<u64, DatabaseError> {
        unimplemented!()
    }
}
