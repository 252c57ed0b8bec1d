//! Accounts: made, given roles, locked, given a new password.

use access::{Actor, Administration, Authority, Roles};
use database::{Deed, User};
use model::InstitutionId;

use crate::{
    Accounts, AccountsError, Name, PasswordError, deed, deeds::spelt, hash_password,
    one_time_password,
};

impl Accounts {
    /// Makes the first administrator, `admin`, of the archive's own institution where it has no account yet; the
    /// one-time password, told only here. Nobody who could show an authority is there before.
    pub async fn make_first(
        &self,
        institution: &InstitutionId,
    ) -> Result<Option<String>, AccountsError> {
        let (password, hash) = self.password().await?;
        let made = self
            .database
            .create_first_administrator(institution, &hash, None)
            .await?;
        Ok(made.then_some(password))
    }

    /// Makes the first administrator, `admin`, of another institution, on the authority of the archive's own, `home`;
    /// the one-time password, told only here.
    pub async fn make_first_of(
        &self,
        authority: &Authority,
        home: &InstitutionId,
        of: &InstitutionId,
    ) -> Result<String, AccountsError> {
        authority.require(Administration::Accounts)?;
        authority.require_at(home)?;
        if self.database.institution(of).await?.is_none() {
            return Err(AccountsError::NoInstitution(of.clone()));
        }
        let deed = Deed {
            institution: authority.institution(),
            actor: authority.actor().label(),
            deed: "administrator_made",
            subject: of.as_str(),
            detail: String::new(),
        };
        let (password, hash) = self.password().await?;
        let made = self
            .database
            .create_first_administrator(of, &hash, Some(&deed));
        if made.await? {
            Ok(password)
        } else {
            Err(AccountsError::HasAccounts(of.clone()))
        }
    }

    /// The accounts, by name.
    pub async fn users(&self, authority: &Authority) -> Result<Vec<User>, AccountsError> {
        authority.require(Administration::Accounts)?;
        Ok(self.database.users(authority.institution()).await?)
    }

    /// Makes an account; its one-time password, told only here.
    pub async fn make_user(
        &self,
        authority: &Authority,
        name: &Name,
        roles: &Roles,
    ) -> Result<String, AccountsError> {
        let deed = deed(authority, "user_made", name, spelt(roles))?;
        let (password, hash) = self.password().await?;
        if self.database.create_user(&deed, &hash, roles).await? {
            Ok(password)
        } else {
            Err(AccountsError::Exists {
                what: "an account",
                name: name.clone(),
            })
        }
    }

    /// Gives an account other roles, in force at its next request.
    pub async fn set_roles(
        &self,
        authority: &Authority,
        name: &Name,
        roles: &Roles,
    ) -> Result<(), AccountsError> {
        let deed = of_another(authority, "roles_set", name, spelt(roles))?;
        known(name, self.database.set_roles(&deed, roles).await?)
    }

    /// Locks an account, which ends its sessions, or unlocks it.
    pub async fn set_locked(
        &self,
        authority: &Authority,
        name: &Name,
        locked: bool,
    ) -> Result<(), AccountsError> {
        let what = if locked {
            "user_locked"
        } else {
            "user_unlocked"
        };
        let deed = of_another(authority, what, name, String::new())?;
        known(name, self.database.set_locked(&deed, locked).await?)
    }

    /// Gives an account a one-time password, told only here, and ends its sessions.
    pub async fn reset_password(
        &self,
        authority: &Authority,
        name: &Name,
    ) -> Result<String, AccountsError> {
        let deed = of_another(authority, "password_reset", name, String::new())?;
        let (password, hash) = self.password().await?;
        known(name, self.database.reset_password(&deed, &hash).await?)?;
        Ok(password)
    }

    /// Has an account sign in without a code until its owner shares a secret with an app anew.
    pub async fn reset_second_factor(
        &self,
        authority: &Authority,
        name: &Name,
    ) -> Result<(), AccountsError> {
        let deed = of_another(authority, "second_factor_reset", name, String::new())?;
        let what = "second factor of the account";
        let reset = self.database.reset_second_factor(&deed).await?;
        reset.then_some(()).ok_or_else(|| AccountsError::Unknown {
            what,
            name: name.clone(),
        })
    }

    /// A one-time password and its hash, made on a thread that may be kept.
    async fn password(&self) -> Result<(String, String), PasswordError> {
        let secrets = self.secrets.clone();
        let make = move || {
            let password = one_time_password(secrets.as_ref());
            let hash = hash_password(&password, secrets.as_ref())?;
            Ok((password, hash))
        };
        let made = tokio::task::spawn_blocking(make).await;
        made.map_err(|_| PasswordError::Hash)?
    }
}

/// The deed, unless it is done to oneself.
fn of_another<'a>(
    authority: &'a Authority,
    what: &'static str,
    name: &'a Name,
    detail: String,
) -> Result<Deed<'a>, AccountsError> {
    match authority.actor() {
        Actor::User { name: own, .. } if own == name.as_str() => {
            Err(AccountsError::Own(name.clone()))
        }
        _ => Ok(deed(authority, what, name, detail)?),
    }
}

fn known(name: &Name, is_known: bool) -> Result<(), AccountsError> {
    let unknown = || AccountsError::Unknown {
        what: "account",
        name: name.clone(),
    };
    is_known.then_some(()).ok_or_else(unknown)
}
