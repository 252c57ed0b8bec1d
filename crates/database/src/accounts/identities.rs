//! Whose account somebody has whom an OpenID provider knows.

use access::Roles;
use model::InstitutionId;

use super::{USERS, give, make, read};
use crate::{Database, DatabaseError, Deed, User, sql::Bind};

/// A person as a provider knows them: by a subject that is never given to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject<'a> {
    /// The provider's identifier.
    pub issuer: &'a str,
    /// The person's there.
    pub subject: &'a str,
}

impl Database {
    /// The account of somebody whom a provider knows.
    pub async fn user_of(
        &self,
        institution: &InstitutionId,
        of: Subject<'_>,
    ) -> Result<Option<User>, DatabaseError> {
        let sql = format!(
            "{USERS} AND u.name = (SELECT user_name FROM identities \
             WHERE institution_id = $1 AND issuer = $2 AND subject = $3)"
        );
        let binds = vec![
            Bind::text(institution.as_str()),
            Bind::text(of.issuer),
            Bind::text(of.subject),
        ];
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(&sql, binds).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        read(institution, &rows).map(Some)
    }

    /// Makes the account of somebody whom a provider knows, with a password hash that no password is known to make.
    /// False: the name is taken, or somebody was quicker.
    pub async fn create_user_of(
        &self,
        deed: &Deed<'_>,
        of: Subject<'_>,
        password_hash: &str,
        roles: &Roles,
    ) -> Result<bool, DatabaseError> {
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        if !make(&mut connection, deed, password_hash, false, self.now()).await? {
            return Ok(false);
        }
        let sql = "INSERT INTO identities (institution_id, user_name, issuer, subject) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let mut binds = deed.key().to_vec();
        binds.extend([Bind::text(of.issuer), Bind::text(of.subject)]);
        if connection.execute(sql, binds).await? == 0 {
            return Ok(false);
        }
        give(&mut connection, &deed.key(), roles.iter()).await?;
        deed.write(&mut connection, self.now()).await?;
        transaction.commit().await?;
        Ok(true)
    }
}
