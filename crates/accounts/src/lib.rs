//! People and programs that sign in: accounts with their roles, passwords, tokens.

mod credential;
mod deeds;
mod error;
mod name;
mod password;
mod secrets;
mod tokens;
mod totp;
mod users;
mod vouched;

pub use credential::{hash, new_token};
pub use error::AccountsError;
pub use name::{InvalidName, Name};
pub use password::{PasswordError, check_new, hash_password, one_time_password, verify};
pub use secrets::{Secrets, SystemSecrets, random_hex};
pub use totp::TotpSecret;
pub use vouched::{NO_PASSWORD, Unadmitted, Vouched};

use std::sync::Arc;

use access::{Administration, Authority, Denial};
use database::{Database, Deed};

/// Keeps the accounts and tokens of an institution, for whoever has the [`Authority`]; every change is written down
/// in the transaction that makes it.
#[derive(Clone, Debug)]
pub struct Accounts {
    database: Database,
    secrets: Arc<dyn Secrets>,
}

impl Accounts {
    /// Over the index; `secrets` makes passwords and tokens.
    pub fn new(database: Database, secrets: Arc<dyn Secrets>) -> Self {
        Self { database, secrets }
    }
}

/// What is written down of a change that `authority` allows.
fn deed<'a>(
    authority: &'a Authority,
    deed: &'static str,
    subject: &'a Name,
    detail: String,
) -> Result<Deed<'a>, Denial> {
    authority.require(Administration::Accounts)?;
    Ok(Deed {
        institution: authority.institution(),
        actor: authority.actor().label(),
        deed,
        subject: subject.as_str(),
        detail,
    })
}
