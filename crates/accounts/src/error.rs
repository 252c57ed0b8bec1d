//! Why an account or token was not changed.

use access::Denial;
use database::DatabaseError;
use model::InstitutionId;

use crate::{Name, PasswordError};

/// Why an account or token was not changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// Whoever asked may not.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// The name is taken.
    #[error("there is {what} {name} already")]
    Exists {
        /// `an account` or `a token`.
        what: &'static str,
        /// Its name.
        name: Name,
    },
    /// Nothing has that name.
    #[error("there is no {what} {name}")]
    Unknown {
        /// `account` or `token`.
        what: &'static str,
        /// The name asked for.
        name: Name,
    },
    /// No institution has that id.
    #[error("there is no institution {0}")]
    NoInstitution(InstitutionId),
    /// It has accounts already: its own security administrator makes more.
    #[error("{0} has accounts already: its own security administrator makes more")]
    HasAccounts(InstitutionId),
    /// Administrators do not change what they work with: nobody would be left, or nobody would look.
    #[error("{0} is your own account: another security administrator changes it")]
    Own(Name),
    /// A token that lets a program do nothing.
    #[error("a token has an operation at least")]
    NoOperation,
    /// A token would last too long.
    #[error("a token lasts 1 to {most} days")]
    Days {
        /// The longest, days.
        most: u32,
    },
    /// A password could not be made.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The index did not answer.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}
