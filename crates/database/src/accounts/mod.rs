//! Accounts and their sessions.

use model::InstitutionId;
use time::OffsetDateTime;

use crate::{Database, DatabaseError, moment, sql::Bind};

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

/// The account that is made at first start.
const ADMINISTRATOR: &str = "admin";

impl Database {
    /// Makes the first administrator `admin`, who must change the password; false (and nothing done)
    /// when the institution has an account already.
    pub async fn create_first_administrator(
        &self,
        institution: &InstitutionId,
        password_hash: &str,
    ) -> Result<bool, DatabaseError> {
        let sql = "INSERT INTO users (institution_id, name, password_hash, must_change, created) \
                   SELECT $1, $2, $3, 1, $4 WHERE NOT EXISTS \
                   (SELECT 1 FROM users WHERE institution_id = $1) ON CONFLICT DO NOTHING";
        let binds = vec![
            Bind::text(institution.as_str()),
            Bind::text(ADMINISTRATOR),
            Bind::text(password_hash),
            Bind::number(moment::to_column(self.now())?),
        ];
        Ok(self.change(sql, binds).await? == 1)
    }

    /// The account `name`.
    pub async fn user(
        &self,
        institution: &InstitutionId,
        name: &str,
    ) -> Result<Option<User>, DatabaseError> {
        let sql = "SELECT name, password_hash, must_change FROM users \
                   WHERE institution_id = $1 AND name = $2";
        let binds = vec![Bind::text(institution.as_str()), Bind::text(name)];
        let mut reader = self.reader().await?;
        let row = reader.connection().fetch_first(sql, binds).await?;
        row.map(|row| {
            Ok(User {
                institution: institution.clone(),
                name: row.text(0)?,
                password_hash: row.text(1)?,
                must_change: row.number(2)? != 0,
            })
        })
        .transpose()
    }

    /// Sets a password; ends every session of the account. False when there is no such account.
    pub async fn set_password(
        &self,
        institution: &InstitutionId,
        name: &str,
        password_hash: &str,
        must_change: bool,
    ) -> Result<bool, DatabaseError> {
        let account = [Bind::text(institution.as_str()), Bind::text(name)];
        let binds = account
            .iter()
            .cloned()
            .chain([Bind::text(password_hash), Bind::number(must_change.into())])
            .collect();
        let mut transaction = self.begin().await?;
        let set = "UPDATE users SET password_hash = $3, must_change = $4 \
                   WHERE institution_id = $1 AND name = $2";
        let changed = transaction.connection().execute(set, binds).await?;
        let end = "DELETE FROM sessions WHERE institution_id = $1 AND user_name = $2";
        transaction
            .connection()
            .execute(end, account.to_vec())
            .await?;
        transaction.commit().await?;
        Ok(changed == 1)
    }

    /// Opens a session under the hash of its token; fails when there is no such account.
    pub async fn open_session(
        &self,
        institution: &InstitutionId,
        user: &str,
        token_hash: &[u8; 32],
        expires: OffsetDateTime,
    ) -> Result<(), DatabaseError> {
        let sql = "INSERT INTO sessions (institution_id, user_name, token_hash, expires) \
                   VALUES ($1, $2, $3, $4)";
        let binds = vec![
            Bind::text(institution.as_str()),
            Bind::text(user),
            Bind::bytes(*token_hash),
            Bind::number(moment::to_column(expires)?),
        ];
        self.change(sql, binds).await?;
        Ok(())
    }

    /// The session of a token's hash, unless it has ended by the database's clock.
    pub async fn session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, DatabaseError> {
        let sql = "SELECT institution_id, user_name, expires FROM sessions \
                   WHERE token_hash = $1 AND expires > $2";
        let binds = vec![
            Bind::bytes(*token_hash),
            Bind::number(moment::to_column(self.now())?),
        ];
        let mut reader = self.reader().await?;
        let row = reader.connection().fetch_first(sql, binds).await?;
        row.map(|row| {
            Ok(Session {
                institution: row.parsed(0, |text| InstitutionId::new(text).ok())?,
                user: row.text(1)?,
                expires: moment::from_column(row.number(2)?)?,
            })
        })
        .transpose()
    }

    /// Ends a session.
    pub async fn close_session(&self, token_hash: &[u8; 32]) -> Result<(), DatabaseError> {
        let sql = "DELETE FROM sessions WHERE token_hash = $1";
        self.change(sql, vec![Bind::bytes(*token_hash)]).await?;
        Ok(())
    }

    /// Forgets sessions that have ended; returns how many.
    pub async fn purge_sessions(&self) -> Result<u64, DatabaseError> {
        let sql = "DELETE FROM sessions WHERE expires <= $1";
        let now = Bind::number(moment::to_column(self.now())?);
        self.change(sql, vec![now]).await
    }
}
