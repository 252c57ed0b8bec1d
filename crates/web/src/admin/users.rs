//! `/api/admin/users`: accounts and what their owners do.

use access::{Administration, Role, Roles};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{accounts, body, name, text};
use crate::{WebError, WebState, session::Caller};

/// An account.
#[derive(Serialize, ToSchema)]
pub(crate) struct Account {
    /// Its name.
    name: String,
    /// What its owner does, as `radiologist`.
    roles: Vec<&'static str>,
    /// Whether nobody can sign in with it.
    locked: bool,
    /// Whether its password is to be changed at the next sign-in.
    must_change_password: bool,
    /// Whether sign-in asks for a code of an authenticator app.
    second_factor: bool,
    /// When it was made (RFC 3339).
    created: String,
}

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    /// Its name: letters, digits and `. - _ @`.
    name: String,
    /// What its owner does, as `radiologist`; an administrator does nothing else.
    roles: Vec<String>,
}

/// What its owner does from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RolesWanted {
    /// As `radiologist`.
    roles: Vec<String>,
}

/// A password that serves once.
#[derive(Serialize, ToSchema)]
pub(crate) struct OneTimePassword {
    /// The account's name.
    pub(super) name: String,
    /// The password, told only here; the owner changes it at the next sign-in.
    pub(super) one_time_password: String,
}

const NEW: &str = r#"{"name": "zhang.san", "roles": ["radiologist"]}"#;
const ROLES: &str = r#"{"roles": ["radiologist"]}"#;

fn roles(names: &[String]) -> Result<Roles, WebError> {
    let roles: Result<Vec<Role>, _> = names.iter().map(|name| name.parse()).collect();
    let roles = roles.map_err(|error| WebError::BadRequest(error.to_string()))?;
    Roles::new(roles).map_err(|error| WebError::BadRequest(error.to_string()))
}

/// Lists the accounts.
#[utoipa::path(get, path = "/api/admin/users", tag = "administration", responses(
    (status = 200, description = "Accounts, by name", body = [Account]),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a security administrator", body = crate::error::Problem)))]
pub(crate) async fn users(
    State(state): State<WebState>,
    caller: Caller,
) -> Result<Json<Vec<Account>>, WebError> {
    let (accounts, authority) = accounts(&state, &caller, Administration::Accounts)?;
    let users = accounts.users(&authority).await?;
    let listed = users.into_iter().map(|user| {
        Ok(Account {
            roles: user.roles.iter().map(Role::as_str).collect(),
            name: user.name,
            locked: user.locked,
            second_factor: user.second_factor,
            must_change_password: user.must_change,
            created: text(user.created)?,
        })
    });
    listed.collect::<Result<_, _>>().map(Json)
}

/// Makes an account.
#[utoipa::path(post, path = "/api/admin/users", tag = "administration", request_body = NewAccount, responses(
    (status = 201, description = "Made; the password is told only now", body = OneTimePassword),
    (status = 400, description = "The name or the roles cannot be used", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a security administrator", body = crate::error::Problem),
    (status = 409, description = "The name is taken", body = crate::error::Problem)))]
pub(crate) async fn make_user(
    State(state): State<WebState>,
    caller: Caller,
    wanted: Result<Json<NewAccount>, JsonRejection>,
) -> Result<(StatusCode, Json<OneTimePassword>), WebError> {
    let (accounts, authority) = accounts(&state, &caller, Administration::Accounts)?;
    let wanted = body(wanted, NEW)?;
    let (name, roles) = (name(&wanted.name)?, roles(&wanted.roles)?);
    let one_time_password = accounts.make_user(&authority, &name, &roles).await?;
    let made = OneTimePassword {
        name: wanted.name,
        one_time_password,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Gives an account other roles, in force at its next request.
#[utoipa::path(put, path = "/api/admin/users/{user}/roles", tag = "administration", request_body = RolesWanted,
    params(("user" = String, Path, description = "The account's name")), responses(
    (status = 204, description = "In force"),
    (status = 400, description = "The roles cannot be used", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a security administrator", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 409, description = "The caller's own account", body = crate::error::Problem)))]
pub(crate) async fn set_roles(
    State(state): State<WebState>,
    caller: Caller,
    Path(user): Path<String>,
    wanted: Result<Json<RolesWanted>, JsonRejection>,
) -> Result<StatusCode, WebError> {
    let (accounts, authority) = accounts(&state, &caller, Administration::Accounts)?;
    let roles = roles(&body(wanted, ROLES)?.roles)?;
    accounts
        .set_roles(&authority, &name(&user)?, &roles)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Locks an account, which ends its sessions.
#[utoipa::path(put, path = "/api/admin/users/{user}/lock", tag = "administration",
    params(("user" = String, Path, description = "The account's name")), responses(
    (status = 204, description = "Locked"),
    (status = 400, description = "The name cannot be one", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a security administrator", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 409, description = "The caller's own account", body = crate::error::Problem)))]
pub(crate) async fn lock(
    State(state): State<WebState>,
    caller: Caller,
    Path(user): Path<String>,
) -> Result<StatusCode, WebError> {
    set_locked(&state, &caller, &user, true).await
}

/// Unlocks an account.
#[utoipa::path(delete, path = "/api/admin/users/{user}/lock", tag = "administration",
    params(("user" = String, Path, description = "The account's name")), responses(
    (status = 204, description = "Unlocked"),
    (status = 400, description = "The name cannot be one", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a security administrator", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 409, description = "The caller's own account", body = crate::error::Problem)))]
pub(crate) async fn unlock(
    State(state): State<WebState>,
    caller: Caller,
    Path(user): Path<String>,
) -> Result<StatusCode, WebError> {
    set_locked(&state, &caller, &user, false).await
}

async fn set_locked(
    state: &WebState,
    caller: &Caller,
    user: &str,
    locked: bool,
) -> Result<StatusCode, WebError> {
    let (accounts, authority) = accounts(state, caller, Administration::Accounts)?;
    accounts
        .set_locked(&authority, &name(user)?, locked)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives an account a password that serves once, and ends its sessions.
#[utoipa::path(post, path = "/api/admin/users/{user}/password", tag = "administration",
    params(("user" = String, Path, description = "The account's name")), responses(
    (status = 200, description = "The password is told only now", body = OneTimePassword),
    (status = 400, description = "The name cannot be one", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a security administrator", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 409, description = "The caller's own account", body = crate::error::Problem)))]
pub(crate) async fn reset_password(
    State(state): State<WebState>,
    caller: Caller,
    Path(user): Path<String>,
) -> Result<Json<OneTimePassword>, WebError> {
    let (accounts, authority) = accounts(&state, &caller, Administration::Accounts)?;
    let one_time_password = accounts.reset_password(&authority, &name(&user)?).await?;
    Ok(Json(OneTimePassword {
        name: user,
        one_time_password,
    }))
}

/// Has an account sign in without a code, until its owner shares a secret with an app anew.
#[utoipa::path(delete, path = "/api/admin/users/{user}/second-factor", tag = "administration",
    params(("user" = String, Path, description = "The account's name")), responses(
    (status = 204, description = "Gone"),
    (status = 400, description = "The name cannot be one", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a security administrator", body = crate::error::Problem),
    (status = 404, description = "Not found, or it has none", body = crate::error::Problem),
    (status = 409, description = "The caller's own account", body = crate::error::Problem)))]
pub(crate) async fn reset_second_factor(
    State(state): State<WebState>,
    caller: Caller,
    Path(user): Path<String>,
) -> Result<StatusCode, WebError> {
    let (accounts, authority) = accounts(&state, &caller, Administration::Accounts)?;
    accounts
        .reset_second_factor(&authority, &name(&user)?)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
