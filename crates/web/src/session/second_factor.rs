//! `/api/session/second-factor`: an authenticator app beside the password (TOTP, RFC 6238).

use std::net::SocketAddr;

use accounts::TotpSecret;
use axum::{
    Extension, Json,
    extract::{ConnectInfo, State, rejection::JsonRejection},
    http::{HeaderMap, StatusCode},
};
use model::InstitutionId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Caller, Gate, Proof, client, gate::take};
use crate::{WebError, WebState};

/// Proof that the owner asks, and not only somebody at an open session.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnPassword {
    /// The account's password.
    password: String,
    /// What the authenticator app shows, where the account has one.
    #[serde(default)]
    code: Option<String>,
}

impl OwnPassword {
    fn proof<'a>(&'a self, institution: &'a InstitutionId, user: &'a str) -> Proof<'a> {
        Proof {
            institution: Some(institution),
            user,
            password: &self.password,
            code: self.code.as_deref(),
        }
    }
}

/// What the app is given, told only here.
#[derive(Serialize, ToSchema)]
pub(crate) struct Offer {
    /// The secret in base32, to be typed in.
    secret: String,
    /// The same as an `otpauth` address, for a picture that apps read.
    uri: String,
}

/// What the app shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Code {
    /// Six digits.
    code: String,
}

/// Whether sign-in asks for a code.
#[derive(Serialize, ToSchema)]
pub(crate) struct Factor {
    /// Whether it does.
    confirmed: bool,
}

/// Tells whether sign-in asks for a code.
#[utoipa::path(get, path = "/api/session/second-factor", tag = "session", responses(
    (status = 200, description = "Whether it does", body = Factor),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "No person's session", body = crate::error::Problem),
    (status = 503, description = "The database does not answer", body = crate::error::Problem)))]
pub(crate) async fn factor(
    State(state): State<WebState>,
    caller: Caller,
) -> Result<Json<Factor>, WebError> {
    let (institution, user) = caller.person()?;
    let known = state.database.second_factor(institution, user).await?;
    let confirmed = known.is_some_and(|factor| factor.confirmed);
    Ok(Json(Factor { confirmed }))
}

/// Begins: a secret for the app. It counts once a code of it was sent back.
#[utoipa::path(post, path = "/api/session/second-factor", tag = "session", request_body = OwnPassword, responses(
    (status = 201, description = "The secret, told only now", body = Offer),
    (status = 400, description = "The body cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in, or the password is wrong (wrong_password)", body = crate::error::Problem),
    (status = 403, description = "No person's session, or the account is locked", body = crate::error::Problem),
    (status = 409, description = "The account has one: take it away first", body = crate::error::Problem),
    (status = 413, description = "The body is too long", body = crate::error::Problem),
    (status = 429, description = "Too many failures or too many at once: Retry-After says when, seconds", body = crate::error::Problem),
    (status = 503, description = "The database does not answer", body = crate::error::Problem)))]
pub(crate) async fn offer(
    State(state): State<WebState>,
    Extension(gate): Extension<Gate>,
    ConnectInfo(connection): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    caller: Caller,
    own: Result<Json<OwnPassword>, JsonRejection>,
) -> Result<(StatusCode, Json<Offer>), WebError> {
    let (institution, user) = caller.person()?;
    let Json(own) = own.map_err(WebError::Credentials)?;
    let known = state.database.second_factor(institution, user).await?;
    if known.is_some_and(|factor| factor.confirmed) {
        return Err(WebError::SecondFactorStands);
    }
    let address = client::address(connection.ip(), &headers, &state.settings.trusted_proxies);
    let proof = own.proof(institution, user);
    gate.check(&state, &proof, address).await?;
    let secret = TotpSecret::new(state.secrets.as_ref());
    let offered = state
        .database
        .offer_second_factor(institution, user, secret.as_bytes());
    if !offered.await? {
        return Err(WebError::SecondFactorStands);
    }
    let secret = secret.base32();
    let uri = uri(institution, user, &secret);
    Ok((StatusCode::CREATED, Json(Offer { secret, uri })))
}

/// Ends the beginning: the app shows its first code. From now on sign-in asks for one.
#[utoipa::path(put, path = "/api/session/second-factor", tag = "session", request_body = Code, responses(
    (status = 204, description = "Sign-in asks for a code from now on"),
    (status = 400, description = "The body cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in, or the code is wrong (wrong_code)", body = crate::error::Problem),
    (status = 403, description = "No person's session", body = crate::error::Problem),
    (status = 413, description = "The body is too long", body = crate::error::Problem),
    (status = 503, description = "The database does not answer", body = crate::error::Problem)))]
pub(crate) async fn confirm(
    State(state): State<WebState>,
    caller: Caller,
    code: Result<Json<Code>, JsonRejection>,
) -> Result<StatusCode, WebError> {
    let (institution, user) = caller.person()?;
    let Json(Code { code }) = code.map_err(WebError::Credentials)?;
    take(&state, institution, user, &code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes it away: sign-in asks for the password alone.
#[utoipa::path(delete, path = "/api/session/second-factor", tag = "session", request_body = OwnPassword, responses(
    (status = 204, description = "Gone"),
    (status = 400, description = "The body cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in, or password or code are wrong (wrong_password, wrong_code)", body = crate::error::Problem),
    (status = 403, description = "No person's session, the account is locked, or a code is asked for (code_required)", body = crate::error::Problem),
    (status = 404, description = "The account has none", body = crate::error::Problem),
    (status = 413, description = "The body is too long", body = crate::error::Problem),
    (status = 429, description = "Too many failures or too many at once: Retry-After says when, seconds", body = crate::error::Problem),
    (status = 503, description = "The database does not answer", body = crate::error::Problem)))]
pub(crate) async fn remove(
    State(state): State<WebState>,
    Extension(gate): Extension<Gate>,
    ConnectInfo(connection): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    caller: Caller,
    own: Result<Json<OwnPassword>, JsonRejection>,
) -> Result<StatusCode, WebError> {
    let (institution, user) = caller.person()?;
    let Json(own) = own.map_err(WebError::Credentials)?;
    let address = client::address(connection.ip(), &headers, &state.settings.trusted_proxies);
    let proof = own.proof(institution, user);
    gate.check(&state, &proof, address).await?;
    let removed = state.database.remove_second_factor(institution, user);
    if removed.await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(WebError::NotFound("second factor"))
    }
}

/// As authenticator apps read it (Key URI Format).
fn uri(institution: &InstitutionId, user: &str, secret: &str) -> String {
    let user: String = user
        .bytes()
        .map(|byte| match byte {
            b if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect();
    format!(
        "otpauth://totp/Yingyun:{user}%20({institution})?secret={secret}&issuer=Yingyun&algorithm=SHA1&digits=6&period=30"
    )
}
