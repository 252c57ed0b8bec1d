//! What administrators did, for whoever may read it.

use access::{Administration, Authority, Roles};
use database::DeedRow;

use crate::{Accounts, AccountsError};

impl Accounts {
    /// At most `limit` things that administrators did, the latest first; `before`: only those with a lower number.
    pub async fn deeds(
        &self,
        authority: &Authority,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<DeedRow>, AccountsError> {
        authority.require(Administration::Deeds)?;
        let deeds = self.database.deeds(authority.institution(), before, limit);
        Ok(deeds.await?)
    }
}

/// Roles as a deed tells them.
pub(crate) fn spelt(roles: &Roles) -> String {
    let names: Vec<&str> = roles.iter().map(access::Role::as_str).collect();
    names.join(", ")
}
