//! `POST /api/session`: sign-in.

use std::sync::LazyLock;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use time::format_description::well_known::Rfc3339;
use tokio::sync::Semaphore;
use utoipa::ToSchema;

use super::{COOKIE, hash_password, password, token};
use crate::{WebError, WebState, address::Address};

/// Each check takes 19 MiB and a core: so many at once.
static CHECKS: Semaphore = Semaphore::const_new(2);

/// What an unknown account's password is checked against, so that the time tells nothing.
static NOBODY: LazyLock<String> =
    LazyLock::new(|| hash_password("", &crate::SystemSecrets).unwrap_or_default());

/// Who signs in.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Credentials {
    /// Account name.
    user: String,
    /// Password.
    password: String,
    /// The password to be used from now on. Needed where the present one is a one-time password.
    #[serde(default)]
    new_password: Option<String>,
}

/// An open session.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedIn {
    /// Account name.
    user: String,
    /// The session's token, for `Authorization: Bearer`. Browsers get it as a cookie as well.
    token: String,
    /// When the session ends (RFC 3339).
    expires: String,
}

/// Signs in.
#[utoipa::path(post, path = "/api/session", tag = "session", request_body = Credentials, responses(
    (status = 200, description = "Signed in; the session cookie is set", body = SignedIn),
    (status = 400, description = "The new password cannot be used", body = crate::error::Problem),
    (status = 401, description = "Wrong name or password", body = crate::error::Problem),
    (status = 403, description = "A one-time password must be changed: send new_password too", body = crate::error::Problem)))]
pub(crate) async fn login(
    State(state): State<WebState>,
    headers: HeaderMap,
    Json(credentials): Json<Credentials>,
) -> Result<Response, WebError> {
    let institution = &state.settings.institution;
    let user = state.database.user(institution, &credentials.user).await?;
    let hash = user
        .as_ref()
        .map_or(NOBODY.as_str(), |user| user.password_hash.as_str());
    let matches = verify(credentials.password.clone(), hash.to_owned()).await?;
    let Some(user) = user.filter(|_| matches) else {
        tracing::warn!("a sign-in failed");
        return Err(WebError::WrongPassword);
    };
    match &credentials.new_password {
        Some(new) => change(&state, &user.name, &credentials.password, new).await?,
        None if user.must_change => return Err(WebError::PasswordChangeRequired),
        None => {}
    }
    let token = token::new(state.secrets.as_ref());
    let expires = state.clock.now() + state.settings.session_lifetime;
    state.database.purge_sessions().await?;
    state
        .database
        .open_session(institution, &user.name, &token::hash(&token), expires)
        .await?;
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let cookie = cookie(
        &token,
        state.settings.session_lifetime.as_secs(),
        address.is_secure(),
    );
    let body = SignedIn {
        user: user.name,
        token,
        expires: expires.format(&Rfc3339).map_err(|_| WebError::Internal)?,
    };
    Ok(([(header::SET_COOKIE, cookie?)], Json(body)).into_response())
}

async fn verify(password: String, hash: String) -> Result<bool, WebError> {
    let _turn = CHECKS.acquire().await.map_err(|_| WebError::Internal)?;
    tokio::task::spawn_blocking(move || password::verify(&password, &hash))
        .await
        .map_err(|_| WebError::Internal)
}

async fn change(state: &WebState, user: &str, old: &str, new: &str) -> Result<(), WebError> {
    password::check_new(new, old, user)?;
    let _turn = CHECKS.acquire().await.map_err(|_| WebError::Internal)?;
    let (secrets, new) = (state.secrets.clone(), new.to_owned());
    let hash = tokio::task::spawn_blocking(move || hash_password(&new, secrets.as_ref()))
        .await
        .map_err(|_| WebError::Internal)??;
    state
        .database
        .set_password(&state.settings.institution, user, &hash, false)
        .await?;
    Ok(())
}

/// The session cookie; an empty token with no seconds takes it away.
pub(super) fn cookie(token: &str, seconds: u64, secure: bool) -> Result<HeaderValue, WebError> {
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!(
        "{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    ))
    .map_err(|_| WebError::Internal)
}
