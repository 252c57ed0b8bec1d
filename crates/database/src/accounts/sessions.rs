//! Sessions: somebody signed in.

use access::Roles;
use model::{InstitutionId, Standing};
use time::OffsetDateTime;

use crate::{
    Database, DatabaseError, moment,
    sql::{Bind, Connection},
};

/// A session: somebody signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The institution of the account.
    pub institution: InstitutionId,
    /// Where that institution stands now.
    pub standing: Standing,
    /// Account name.
    pub user: String,
    /// What the person does, as it is now.
    pub roles: Roles,
    /// When it ends.
    pub expires: OffsetDateTime,
}

impl Database {
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

    /// The session of a token's hash, unless it has ended by the database's clock or its account is locked.
    pub async fn session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, DatabaseError> {
        let sql = "SELECT s.institution_id, s.user_name, s.expires, i.standing, r.role \
                   FROM sessions s JOIN institutions i ON i.id = s.institution_id \
                   JOIN users u \
                   ON u.institution_id = s.institution_id AND u.name = s.user_name \
                   JOIN user_roles r \
                   ON r.institution_id = s.institution_id AND r.user_name = s.user_name \
                   WHERE s.token_hash = $1 AND s.expires > $2 AND u.locked = 0";
        let binds = vec![
            Bind::bytes(*token_hash),
            Bind::number(moment::to_column(self.now())?),
        ];
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(sql, binds).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        Ok(Some(Session {
            institution: row.parsed(0, |text| InstitutionId::new(text).ok())?,
            user: row.text(1)?,
            expires: moment::from_column(row.number(2)?)?,
            standing: row.parsed(3, |text| text.parse().ok())?,
            roles: super::roles(&rows, 4)?,
        }))
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

/// Ends every session of an account.
pub(super) async fn end_all(
    connection: &mut Connection<'_>,
    account: &[Bind; 2],
) -> Result<(), DatabaseError> {
    let sql = "DELETE FROM sessions WHERE institution_id = $1 AND user_name = $2";
    connection.execute(sql, account.to_vec()).await?;
    Ok(())
}
