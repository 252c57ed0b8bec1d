//! `users`, `tokens` and `deeds`: who may sign in, what programs come with, and what was done about it.

use std::{process::ExitCode, sync::Arc};

use access::{Actor, Administration, Authority, Role, Roles};
use accounts::{Accounts, SystemSecrets};
use anyhow::Context;
use model::{InstitutionId, Operation};
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use crate::{
    cli::{Deeds, TokensVerb, UsersVerb, Whose},
    house::House,
};

fn accounts(house: &House) -> Accounts {
    Accounts::new(house.database.clone(), Arc::new(SystemSecrets))
}

/// The operator keeps everything, of every institution that there is.
async fn operator(house: &House, whose: &Whose, what: Administration) -> anyhow::Result<Authority> {
    let institution = whose_institution(house, whose).await?;
    Ok(access::administer(&Actor::Operator { institution }, what)?)
}

/// The institution that a verb works for: the archive's own, or one that there is.
pub(super) async fn whose_institution(
    house: &House,
    whose: &Whose,
) -> anyhow::Result<InstitutionId> {
    let Some(id) = &whose.institution else {
        return Ok(house.config.institution.id.clone());
    };
    let known = house.database.institution(id).await?;
    known.with_context(|| format!("there is no institution {id}"))?;
    Ok(id.clone())
}

pub(super) async fn users(house: House, verb: UsersVerb) -> anyhow::Result<ExitCode> {
    let (accounts, what) = (accounts(&house), Administration::Accounts);
    let authority = operator(&house, verb.whose(), what).await?;
    match verb {
        UsersVerb::List(_) => {
            for user in accounts.users(&authority).await? {
                let roles: Vec<&str> = user.roles.iter().map(Role::as_str).collect();
                let line = json!({
                    "name": user.name,
                    "roles": roles,
                    "locked": user.locked,
                    "second_factor": user.second_factor,
                    "must_change_password": user.must_change,
                    "created": user.created.format(&Rfc3339).context("a time out of range")?,
                });
                println!("{line}");
            }
        }
        UsersVerb::Add(of) => {
            let (name, roles) = (&of.user.name, Roles::new(of.roles)?);
            let password = accounts.make_user(&authority, name, &roles).await?;
            print_password(name.as_str(), &password);
        }
        UsersVerb::Roles(of) => {
            let roles = Roles::new(of.roles)?;
            accounts
                .set_roles(&authority, &of.user.name, &roles)
                .await?;
        }
        UsersVerb::Lock(user) => accounts.set_locked(&authority, &user.name, true).await?,
        UsersVerb::Unlock(user) => accounts.set_locked(&authority, &user.name, false).await?,
        UsersVerb::SecondFactor(user) => {
            accounts.reset_second_factor(&authority, &user.name).await?;
        }
        UsersVerb::Password(user) => {
            let password = accounts.reset_password(&authority, &user.name).await?;
            print_password(user.name.as_str(), &password);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print_password(name: &str, password: &str) {
    println!("{}", json!({"name": name, "one_time_password": password}));
}

pub(super) async fn tokens(house: House, verb: TokensVerb) -> anyhow::Result<ExitCode> {
    let (accounts, what) = (accounts(&house), Administration::Accounts);
    let authority = operator(&house, verb.whose(), what).await?;
    match verb {
        TokensVerb::List(_) => {
            for token in accounts.tokens(&authority).await? {
                let operations: Vec<&str> = token
                    .operations
                    .into_iter()
                    .map(Operation::as_str)
                    .collect();
                let line = json!({
                    "name": token.name,
                    "operations": operations,
                    "created": token.created.format(&Rfc3339).context("a time out of range")?,
                    "expires": token.expires.format(&Rfc3339).context("a time out of range")?,
                });
                println!("{line}");
            }
        }
        TokensVerb::Issue(issue) => {
            let (name, now) = (&issue.of.name, house.clock.now());
            let token = accounts
                .issue_token(&authority, name, &issue.operations, issue.days, now)
                .await?;
            println!("{}", json!({"name": name.as_str(), "token": token}));
        }
        TokensVerb::Revoke(of) => accounts.revoke_token(&authority, &of.name).await?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn deeds(house: House, of: Deeds) -> anyhow::Result<ExitCode> {
    let (accounts, what) = (accounts(&house), Administration::Deeds);
    let authority = operator(&house, &of.whose, what).await?;
    for deed in accounts.deeds(&authority, None, of.limit).await? {
        let line = json!({
            "number": deed.number,
            "done": deed.done.format(&Rfc3339).context("a time out of range")?,
            "actor": deed.actor,
            "deed": deed.deed,
            "subject": deed.subject,
            "detail": deed.detail,
        });
        println!("{line}");
    }
    Ok(ExitCode::SUCCESS)
}
