//! The verbs that keep accounts and tokens.

use access::Role;
use accounts::Name;
use clap::{Args, Subcommand};
use model::{InstitutionId, Operation};

use super::Common;

/// Whose accounts and tokens.
#[derive(Clone, Debug, Args)]
pub(crate) struct Whose {
    #[command(flatten)]
    pub(crate) common: Common,
    /// The institution; the archive's own if none is given.
    #[arg(long, value_name = "ID", value_parser = institution)]
    pub(crate) institution: Option<InstitutionId>,
}

pub(super) fn institution(text: &str) -> Result<InstitutionId, String> {
    InstitutionId::new(text).map_err(|error| error.to_string())
}

#[derive(Debug, Args)]
pub(crate) struct Users {
    #[command(subcommand)]
    pub(crate) verb: UsersVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum UsersVerb {
    /// Print the accounts as lines of JSON.
    List(Whose),
    /// Make an account; prints its one-time password, once.
    Add(UserRoles),
    /// Give an account other roles, in force at its next request.
    Roles(UserRoles),
    /// Lock an account, which ends its sessions.
    Lock(User),
    /// Unlock an account.
    Unlock(User),
    /// Give an account a new one-time password, and end its sessions.
    Password(User),
    /// Have an account sign in without a code of an authenticator app: its owner lost it.
    SecondFactor(User),
}

#[derive(Debug, Args)]
pub(crate) struct User {
    #[command(flatten)]
    pub(crate) whose: Whose,
    /// The account's name.
    #[arg(value_name = "NAME")]
    pub(crate) name: Name,
}

#[derive(Debug, Args)]
pub(crate) struct UserRoles {
    #[command(flatten)]
    pub(crate) user: User,
    /// What its owner does: physician, radiologist, technologist, archivist, quality_officer; or alone
    /// system_administrator, security_administrator, audit_administrator. May be repeated.
    #[arg(long = "role", value_name = "ROLE", required = true)]
    pub(crate) roles: Vec<Role>,
}

impl UsersVerb {
    pub(crate) fn whose(&self) -> &Whose {
        match self {
            Self::List(whose) => whose,
            Self::Add(of) | Self::Roles(of) => &of.user.whose,
            Self::Lock(user)
            | Self::Unlock(user)
            | Self::Password(user)
            | Self::SecondFactor(user) => &user.whose,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Tokens {
    #[command(subcommand)]
    pub(crate) verb: TokensVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokensVerb {
    /// Print the tokens as lines of JSON, without what they are made of.
    List(Whose),
    /// Issue a token; prints its text, once.
    Issue(TokenIssue),
    /// Take a token away, in force at once.
    Revoke(TokenOf),
}

#[derive(Debug, Args)]
pub(crate) struct TokenOf {
    #[command(flatten)]
    pub(crate) whose: Whose,
    /// The token's name.
    #[arg(value_name = "NAME")]
    pub(crate) name: Name,
}

#[derive(Debug, Args)]
pub(crate) struct TokenIssue {
    #[command(flatten)]
    pub(crate) of: TokenOf,
    /// What a program may do with it: store, query, retrieve, delete, worklist, schedule, encounter, consent, refer. May be repeated.
    #[arg(long = "operation", value_name = "OPERATION", required = true)]
    pub(crate) operations: Vec<Operation>,
    /// After how many days it ends, 1 to 366.
    #[arg(long, value_name = "N", default_value_t = 90)]
    pub(crate) days: u32,
}

impl TokensVerb {
    pub(crate) fn whose(&self) -> &Whose {
        match self {
            Self::List(whose) => whose,
            Self::Issue(issue) => &issue.of.whose,
            Self::Revoke(of) => &of.whose,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct Deeds {
    #[command(flatten)]
    pub(crate) whose: Whose,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) limit: u32,
}
