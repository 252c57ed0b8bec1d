//! `/api/admin`: institutions and their application entities, accounts, tokens, and what administrators did with them.

mod deeds;
mod entities;
mod institutions;
mod tokens;
mod users;

pub(crate) use deeds::{__path_deeds, deeds};
pub(crate) use entities::{
    __path_entities, __path_import_entities, __path_put_entity, __path_remove_entity, entities,
    import_entities, put_entity, remove_entity,
};
pub(crate) use institutions::{
    __path_import_institutions, __path_institutions, __path_make_administrator,
    __path_put_institution, __path_set_standing, import_institutions, institutions,
    make_administrator, put_institution, set_standing,
};
pub(crate) use tokens::{
    __path_issue_token, __path_revoke_token, __path_tokens, issue_token, revoke_token, tokens,
};
pub(crate) use users::{
    __path_lock, __path_make_user, __path_reset_password, __path_reset_second_factor,
    __path_set_roles, __path_unlock, __path_users, lock, make_user, reset_password,
    reset_second_factor, set_roles, unlock, users,
};

use users::OneTimePassword;

use access::{Administration, Authority};
use accounts::{Accounts, Name};
use axum::{Json, extract::rejection::JsonRejection};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{WebError, WebState, session::Caller};

/// The accounts, and the caller's authority over `what`.
fn accounts(
    state: &WebState,
    caller: &Caller,
    what: Administration,
) -> Result<(Accounts, Authority), WebError> {
    let authority = access::administer(caller.actor(), what)?;
    let accounts = Accounts::new(state.database.clone(), state.secrets.clone());
    Ok((accounts, authority))
}

/// The body, or what it should be.
pub(crate) fn body<T>(body: Result<Json<T>, JsonRejection>, example: &str) -> Result<T, WebError> {
    let Json(body) = body.map_err(|error| {
        let reason = error.body_text();
        WebError::BadRequest(format!("the body is JSON such as {example}: {reason}"))
    })?;
    Ok(body)
}

/// A name that a client gave.
fn name(text: &str) -> Result<Name, WebError> {
    let name = text.parse::<Name>();
    name.map_err(|error| WebError::BadRequest(error.to_string()))
}

/// RFC 3339.
pub(crate) fn text(at: OffsetDateTime) -> Result<String, WebError> {
    at.format(&Rfc3339).map_err(|_| WebError::Internal)
}
