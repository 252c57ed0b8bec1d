//! Accounts of people for whom an OpenID provider vouches: made at the first sign-in, given at each the roles that
//! the provider's words stand for.

use access::Roles;
use database::{DatabaseError, Deed, Subject, User};
use model::InstitutionId;

use crate::{Accounts, Name, deeds::spelt};

/// What the passwords of accounts are checked against that have none, or are none, so that the time tells nothing:
/// random bytes in place of salt and hash, which no password is known to make.
pub const NO_PASSWORD: &str = "$argon2id$v=19$m=19456,t=2,p=1$akjwcwv+zBnGpkHQ1pRZpw$6TnupYN56Pe+kAD/CR7QYCAzqKpgZnwzNQuNYIM5khw";

/// For whom a provider vouches.
#[derive(Clone, Debug)]
pub struct Vouched<'a> {
    /// Our name of the provider.
    pub provider: &'a str,
    /// The institution whose people it knows.
    pub institution: &'a InstitutionId,
    /// Who it is.
    pub subject: Subject<'a>,
    /// What the provider calls them.
    pub name: Option<&'a str>,
    /// What they do, by the provider's words.
    pub roles: &'a Roles,
}

/// Why a provider's word opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum Unadmitted {
    /// The provider gives no name that an account can have.
    #[error("the provider gives no name that an account can have")]
    Nameless,
    /// Another has an account of that name: a name is no proof.
    #[error("the name is another account's")]
    NameTaken,
    /// The account is locked.
    #[error("the account is locked")]
    Locked,
    /// The index did not answer.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Accounts {
    /// The account of somebody for whom a provider vouches, made if there is none. It is known by the provider's
    /// subject alone: the name counts once, when the account is made, and gets nobody into an account that is there.
    pub async fn admit(&self, vouched: &Vouched<'_>) -> Result<User, Unadmitted> {
        let (institution, subject) = (vouched.institution, vouched.subject);
        let known = self.database.user_of(institution, subject).await?;
        let Some(user) = known else {
            return self.enter(vouched).await;
        };
        if user.locked {
            return Err(Unadmitted::Locked);
        }
        if user.roles != *vouched.roles {
            let deed = vouched.deed("roles_set", &user.name);
            self.database.set_roles(&deed, vouched.roles).await?;
        }
        let roles = vouched.roles.clone();
        Ok(User { roles, ..user })
    }

    async fn enter(&self, vouched: &Vouched<'_>) -> Result<User, Unadmitted> {
        let name = vouched.name.and_then(|name| name.parse::<Name>().ok());
        let name = name.ok_or(Unadmitted::Nameless)?;
        let deed = vouched.deed("user_made", name.as_str());
        let (subject, roles) = (vouched.subject, vouched.roles);
        let database = &self.database;
        database
            .create_user_of(&deed, subject, NO_PASSWORD, roles)
            .await?;
        // Made just now, by this sign-in or by another of the same person.
        let user = database.user_of(vouched.institution, subject).await?;
        user.ok_or(Unadmitted::NameTaken)
    }
}

impl<'a> Vouched<'a> {
    fn deed(&self, deed: &'static str, name: &'a str) -> Deed<'a>
    where
        Self: 'a,
    {
        Deed {
            institution: self.institution,
            actor: format!("openid:{}", self.provider),
            deed,
            subject: name,
            detail: spelt(self.roles),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_without_a_password_takes_the_work_of_one_with_it() {
        let parameters = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        let known = crate::hash_password("a password", &crate::SystemSecrets).unwrap();
        assert_eq!(parameters(NO_PASSWORD), parameters(&known));
        let parts = |hash: &str| hash.split('$').map(str::len).collect::<Vec<_>>();
        assert_eq!(parts(NO_PASSWORD), parts(&known));
        assert!(!crate::verify("", NO_PASSWORD));
    }
}
