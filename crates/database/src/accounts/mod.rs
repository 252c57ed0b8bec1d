//! Accounts with their roles, sessions and tokens.

mod identities;
mod second_factors;
mod sessions;
mod tokens;

pub use identities::Subject;
pub use second_factors::SecondFactor;
pub use sessions::Session;
pub use tokens::Token;

use access::{Role, Roles};
use model::InstitutionId;
use time::OffsetDateTime;

use crate::{
    Database, DatabaseError, Deed, moment,
    sql::{Bind, Connection, Row},
};

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
    /// Whether nobody can sign in with it.
    pub locked: bool,
    /// Whether sign-in asks for a code of an authenticator app.
    pub second_factor: bool,
    /// When it was made.
    pub created: OffsetDateTime,
    /// What the person does.
    pub roles: Roles,
}

/// The account that is made at first start.
const ADMINISTRATOR: &str = "admin";

/// With one row for each role.
const USERS: &str = "SELECT u.name, u.password_hash, u.must_change, u.locked, u.created, r.role, \
                     COALESCE(f.confirmed, 0) FROM users u JOIN user_roles r \
                     ON r.institution_id = u.institution_id AND r.user_name = u.name \
                     LEFT JOIN second_factors f \
                     ON f.institution_id = u.institution_id AND f.user_name = u.name \
                     WHERE u.institution_id = $1";

impl Database {
    /// Makes the first account `admin` of an institution, who keeps accounts and must change the password; false (and
    /// nothing done) when it has an account already. `deed`: what is written down of it, where somebody does it.
    pub async fn create_first_administrator(
        &self,
        institution: &InstitutionId,
        password_hash: &str,
        deed: Option<&Deed<'_>>,
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
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let is_made = connection.execute(sql, binds).await? == 1;
        if is_made {
            let account = [Bind::text(institution.as_str()), Bind::text(ADMINISTRATOR)];
            give(&mut connection, &account, [Role::SecurityAdministrator]).await?;
            if let Some(deed) = deed {
                deed.write(&mut connection, self.now()).await?;
            }
        }
        transaction.commit().await?;
        Ok(is_made)
    }

    /// Makes an account whose password must be changed; false (and nothing done) when there is one of that name.
    pub async fn create_user(
        &self,
        deed: &Deed<'_>,
        password_hash: &str,
        roles: &Roles,
    ) -> Result<bool, DatabaseError> {
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        if !make(&mut connection, deed, password_hash, true, self.now()).await? {
            return Ok(false);
        }
        give(&mut connection, &deed.key(), roles.iter()).await?;
        deed.write(&mut connection, self.now()).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The accounts of an institution, by name.
    pub async fn users(&self, institution: &InstitutionId) -> Result<Vec<User>, DatabaseError> {
        let sql = format!("{USERS} ORDER BY u.name, r.role");
        let mut reader = self.reader().await?;
        let binds = vec![Bind::text(institution.as_str())];
        let rows = reader.connection().fetch(&sql, binds).await?;
        let same = |a: &Row, b: &Row| matches!((a.text(0), b.text(0)), (Ok(a), Ok(b)) if a == b);
        rows.chunk_by(same)
            .map(|rows| read(institution, rows))
            .collect()
    }

    /// The account `name`.
    pub async fn user(
        &self,
        institution: &InstitutionId,
        name: &str,
    ) -> Result<Option<User>, DatabaseError> {
        let sql = format!("{USERS} AND u.name = $2");
        let binds = vec![Bind::text(institution.as_str()), Bind::text(name)];
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(&sql, binds).await?;
        if rows.is_empty() {
            return Ok(None);
        }
        read(institution, &rows).map(Some)
    }

    /// Gives an account other roles, in force at its next request. False: there is none.
    pub async fn set_roles(&self, deed: &Deed<'_>, roles: &Roles) -> Result<bool, DatabaseError> {
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let none = "DELETE FROM user_roles WHERE institution_id = $1 AND user_name = $2";
        let account = deed.key();
        if connection.execute(none, account.to_vec()).await? == 0 {
            return Ok(false);
        }
        give(&mut connection, &account, roles.iter()).await?;
        deed.write(&mut connection, self.now()).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Locks an account, which ends its sessions, or unlocks it. False: there is none.
    pub async fn set_locked(&self, deed: &Deed<'_>, locked: bool) -> Result<bool, DatabaseError> {
        let sql = "UPDATE users SET locked = $3 WHERE institution_id = $1 AND name = $2";
        let mut binds = deed.key().to_vec();
        binds.push(Bind::number(locked.into()));
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        if connection.execute(sql, binds).await? == 0 {
            return Ok(false);
        }
        if locked {
            sessions::end_all(&mut connection, &deed.key()).await?;
        }
        deed.write(&mut connection, self.now()).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Gives an account a password that must be changed, and ends its sessions. False: there is none.
    pub async fn reset_password(
        &self,
        deed: &Deed<'_>,
        password_hash: &str,
    ) -> Result<bool, DatabaseError> {
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        if !set_password(&mut connection, &deed.key(), password_hash, true).await? {
            return Ok(false);
        }
        deed.write(&mut connection, self.now()).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Sets the password that its owner chose; ends every session of the account. False: there is none.
    pub async fn change_password(
        &self,
        institution: &InstitutionId,
        name: &str,
        password_hash: &str,
    ) -> Result<bool, DatabaseError> {
        let account = [Bind::text(institution.as_str()), Bind::text(name)];
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let is_set = set_password(&mut connection, &account, password_hash, false).await?;
        transaction.commit().await?;
        Ok(is_set)
    }
}

async fn set_password(
    connection: &mut Connection<'_>,
    account: &[Bind; 2],
    password_hash: &str,
    must_change: bool,
) -> Result<bool, DatabaseError> {
    let sql = "UPDATE users SET password_hash = $3, must_change = $4 \
               WHERE institution_id = $1 AND name = $2";
    let mut binds = account.to_vec();
    binds.extend([Bind::text(password_hash), Bind::number(must_change.into())]);
    let changed = connection.execute(sql, binds).await?;
    sessions::end_all(connection, account).await?;
    Ok(changed == 1)
}

/// Makes an account without roles; false: the name is taken.
async fn make(
    connection: &mut Connection<'_>,
    deed: &Deed<'_>,
    password_hash: &str,
    must_change: bool,
    now: OffsetDateTime,
) -> Result<bool, DatabaseError> {
    let sql = "INSERT INTO users (institution_id, name, password_hash, must_change, created) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    let mut binds = deed.key().to_vec();
    binds.extend([
        Bind::text(password_hash),
        Bind::number(must_change.into()),
        Bind::number(moment::to_column(now)?),
    ]);
    Ok(connection.execute(sql, binds).await? == 1)
}

async fn give(
    connection: &mut Connection<'_>,
    account: &[Bind; 2],
    roles: impl IntoIterator<Item = Role>,
) -> Result<(), DatabaseError> {
    for role in roles {
        let sql = "INSERT INTO user_roles (institution_id, user_name, role) VALUES ($1, $2, $3)";
        let mut binds = account.to_vec();
        binds.push(Bind::text(role.as_str()));
        connection.execute(sql, binds).await?;
    }
    Ok(())
}

/// One account, of the rows of its roles.
fn read(institution: &InstitutionId, rows: &[Row]) -> Result<User, DatabaseError> {
    let corrupt = || DatabaseError::Corrupt {
        what: "an account without roles".into(),
    };
    let row = rows.first().ok_or_else(corrupt)?;
    Ok(User {
        institution: institution.clone(),
        name: row.text(0)?,
        password_hash: row.text(1)?,
        must_change: row.number(2)? != 0,
        locked: row.number(3)? != 0,
        created: moment::from_column(row.number(4)?)?,
        roles: roles(rows, 5)?,
        second_factor: row.number(6)? != 0,
    })
}

/// The roles of one account: of each row one.
fn roles(rows: &[Row], column: usize) -> Result<Roles, DatabaseError> {
    let roles: Result<Vec<Role>, _> = rows
        .iter()
        .map(|row| row.parsed(column, |text| text.parse().ok()))
        .collect();
    Roles::new(roles?).map_err(|error| DatabaseError::Corrupt {
        what: error.to_string(),
    })
}
