//! `/api/admin/tokens`: what programs come with.

use access::Administration;
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use model::Operation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{accounts, body, name, text};
use crate::{WebError, WebState, session::Caller};

/// A program's token, without its text.
#[derive(Serialize, ToSchema)]
pub(crate) struct Token {
    /// Its name.
    name: String,
    /// What it lets a program do, as `query`.
    operations: Vec<&'static str>,
    /// When it was made (RFC 3339).
    created: String,
    /// When it ends (RFC 3339).
    expires: String,
}

/// A new token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// Its name: letters, digits and `. - _ @`.
    name: String,
    /// What it lets a program do: `store`, `query`, `retrieve`, `delete`, `worklist`, `schedule`.
    operations: Vec<String>,
    /// After how many days it ends, 1 to 366.
    days: u32,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct IssuedToken {
    /// Its name.
    name: String,
    /// For `Authorization: Bearer`, told only here.
    token: String,
}

const NEW: &str = r#"{"name": "his", "operations": ["query", "retrieve"], "days": 90}"#;

/// Lists the tokens; those that have ended too.
#[utoipa::path(get, path = "/api/admin/tokens", tag = "administration", responses(
    (status = 200, description = "Tokens, by name", body = [Token]),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a security administrator", body = crate::error::Problem)))]
pub(crate) async fn tokens(
    State(state): State<WebState>,
    caller: Caller,
) -> Result<Json<Vec<Token>>, WebError> {
    let (accounts, authority) = accounts(&state, &caller, Administration::Accounts)?;
    let tokens = accounts.tokens(&authority).await?;
    let listed = tokens.into_iter().map(|token| {
        Ok(Token {
            name: token.name,
            operations: token
                .operations
                .into_iter()
                .map(Operation::as_str)
                .collect(),
            created: text(token.created)?,
            expires: text(token.expires)?,
        })
    });
    listed.collect::<Result<_, _>>().map(Json)
}

/// Issues a token.
#[utoipa::path(post, path = "/api/admin/tokens", tag = "administration", request_body = NewToken, responses(
    (status = 201, description = "Made; its text is told only now", body = IssuedToken),
    (status = 400, description = "The name, the operations or the days cannot be used", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a security administrator", body = crate::error::Problem),
    (status = 409, description = "The name is taken", body = crate::error::Problem)))]
pub(crate) async fn issue_token(
    State(state): State<WebState>,
    caller: Caller,
    wanted: Result<Json<NewToken>, JsonRejection>,
) -> Result<(StatusCode, Json<IssuedToken>), WebError> {
    let (accounts, authority) = accounts(&state, &caller, Administration::Accounts)?;
    let wanted = body(wanted, NEW)?;
    let name = name(&wanted.name)?;
    let operations: Result<Vec<Operation>, _> =
        wanted.operations.iter().map(|one| one.parse()).collect();
    let operations = operations.map_err(|error| WebError::BadRequest(error.to_string()))?;
    let now = state.clock.now();
    let token = accounts
        .issue_token(&authority, &name, &operations, wanted.days, now)
        .await?;
    let made = IssuedToken {
        name: wanted.name,
        token,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Takes a token away, in force at once.
#[utoipa::path(delete, path = "/api/admin/tokens/{token}", tag = "administration",
    params(("token" = String, Path, description = "The token's name")), responses(
    (status = 204, description = "Gone"),
    (status = 400, description = "The name cannot be one", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a security administrator", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem)))]
pub(crate) async fn revoke_token(
    State(state): State<WebState>,
    caller: Caller,
    Path(token): Path<String>,
) -> Result<StatusCode, WebError> {
    let (accounts, authority) = accounts(&state, &caller, Administration::Accounts)?;
    accounts.revoke_token(&authority, &name(&token)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
