//! Tokens of programs: issued with what they may do and an end, and revoked.

use access::{Administration, Authority};
use database::Token;
use model::Operation;
use time::{Duration, OffsetDateTime};

use crate::{Accounts, AccountsError, Name, deed, hash, new_token};

impl Accounts {
    /// The longest that a token lasts, days.
    pub const LONGEST_DAYS: u32 = 366;

    /// The tokens, by name; those that have ended too.
    pub async fn tokens(&self, authority: &Authority) -> Result<Vec<Token>, AccountsError> {
        authority.require(Administration::Accounts)?;
        Ok(self.database.tokens(authority.institution()).await?)
    }

    /// Issues a token for `operations` that ends after `days` from `now`; its text, told only here.
    pub async fn issue_token(
        &self,
        authority: &Authority,
        name: &Name,
        operations: &[Operation],
        days: u32,
        now: OffsetDateTime,
    ) -> Result<String, AccountsError> {
        if operations.is_empty() {
            return Err(AccountsError::NoOperation);
        }
        if !(1..=Self::LONGEST_DAYS).contains(&days) {
            let most = Self::LONGEST_DAYS;
            return Err(AccountsError::Days { most });
        }
        let names: Vec<&str> = operations.iter().map(|one| one.as_str()).collect();
        let detail = format!("{} for {days} days", names.join(", "));
        let deed = deed(authority, "token_issued", name, detail)?;
        let token = new_token(self.secrets.as_ref());
        let (hash, expires) = (hash(&token), now + Duration::days(days.into()));
        let made = self
            .database
            .create_token(&deed, &hash, operations, expires);
        if made.await? {
            Ok(token)
        } else {
            Err(AccountsError::Exists {
                what: "a token",
                name: name.clone(),
            })
        }
    }

    /// Takes a token away, in force at once.
    pub async fn revoke_token(
        &self,
        authority: &Authority,
        name: &Name,
    ) -> Result<(), AccountsError> {
        let deed = deed(authority, "token_revoked", name, String::new())?;
        if self.database.revoke_token(&deed).await? {
            Ok(())
        } else {
            Err(AccountsError::Unknown {
                what: "token",
                name: name.clone(),
            })
        }
    }
}
