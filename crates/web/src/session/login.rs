//! `POST /api/session`: sign-in.

use std::net::{IpAddr, SocketAddr};

use axum::{
    Extension, Json,
    extract::{ConnectInfo, State, rejection::JsonRejection},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use database::User;
use model::InstitutionId;
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use utoipa::ToSchema;

use super::{COOKIE, Gate, Proof, client};
use crate::{WebError, WebState, address::Address};

/// The longest body of a sign-in, bytes: a name and two passwords of the longest, each byte escaped.
pub(crate) const LONGEST_BODY: usize = 16 << 10;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Credentials {
    /// Account name.
    user: String,
    /// The institution whose account it is; the archive's own if none is given.
    #[serde(default)]
    institution: Option<String>,
    /// Password.
    password: String,
    /// What the authenticator app shows, where the account has one.
    #[serde(default)]
    code: Option<String>,
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
#[utoipa::path(post, path = "/api/session", tag = "session", security(()), request_body = Credentials, responses(
    (status = 200, description = "Signed in; the session cookie is set", body = SignedIn),
    (status = 400, description = "The body or the new password cannot be used", body = crate::error::Problem),
    (status = 401, description = "Wrong name, password or code", body = crate::error::Problem),
    (status = 403, description = "The account is locked (account_locked), its one-time password must be changed (password_change_required: send new_password too), or a code is asked for (code_required)", body = crate::error::Problem),
    (status = 413, description = "The body is too long", body = crate::error::Problem),
    (status = 429, description = "Too many failures or too many at once: Retry-After says when, seconds", body = crate::error::Problem),
    (status = 503, description = "The database does not answer", body = crate::error::Problem)))]
pub(crate) async fn login(
    State(state): State<WebState>,
    Extension(gate): Extension<Gate>,
    ConnectInfo(connection): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    credentials: Result<Json<Credentials>, JsonRejection>,
) -> Result<Response, WebError> {
    let Json(credentials) = credentials.map_err(WebError::Credentials)?;
    let address = client::address(connection.ip(), &headers, &state.settings.trusted_proxies);
    let signed_in = sign_in(&state, &gate, &credentials, address).await;
    let outcome = match &signed_in {
        Ok(_) => "ok",
        Err(WebError::WrongPassword | WebError::WrongCode) => "wrong",
        Err(WebError::SignInDelayed { .. }) => "delayed",
        Err(WebError::SignInBusy) => "busy",
        Err(WebError::PasswordChangeRequired | WebError::Password(_)) => "change",
        Err(WebError::AccountLocked) => "locked",
        Err(WebError::CodeRequired) => "code",
        Err(_) => "error",
    };
    metrics::counter!("http_sign_ins_total", "outcome" => outcome).increment(1);
    if outcome == "wrong" || outcome == "delayed" {
        tracing::warn!(client.address = %address, outcome, "a sign-in failed");
    }
    let user = signed_in?;
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let opened = open(&state, &address, &user).await?;
    let expires = opened.expires.format(&Rfc3339);
    let body = SignedIn {
        user: user.name,
        token: opened.token,
        expires: expires.map_err(|_| WebError::Internal)?,
    };
    Ok(([(header::SET_COOKIE, opened.cookie)], Json(body)).into_response())
}

/// Checks the credentials and does what they ask: the account to open a session for.
async fn sign_in(
    state: &WebState,
    gate: &Gate,
    credentials: &Credentials,
    address: IpAddr,
) -> Result<User, WebError> {
    let institution = match &credentials.institution {
        None => Some(state.settings.institution.clone()),
        Some(id) => InstitutionId::new(id).ok(),
    };
    let proof = Proof {
        institution: institution.as_ref(),
        user: &credentials.user,
        password: &credentials.password,
        code: credentials.code.as_deref(),
    };
    let user = gate.check(state, &proof, address).await?;
    match &credentials.new_password {
        Some(new) => {
            accounts::check_new(new, &credentials.password, &user.name)?;
            let hash = gate.hash(state, new.clone()).await?;
            let changed = state
                .database
                .change_password(&user.institution, &user.name, &hash);
            changed.await?;
        }
        None if user.must_change => return Err(WebError::PasswordChangeRequired),
        None => {}
    }
    Ok(user)
}

/// A session that was just opened.
pub(super) struct Opened {
    pub(super) cookie: HeaderValue,
    token: String,
    expires: OffsetDateTime,
}

/// Opens a session.
pub(super) async fn open(
    state: &WebState,
    address: &Address,
    user: &User,
) -> Result<Opened, WebError> {
    let token = accounts::new_token(state.secrets.as_ref());
    let lifetime = state.settings.session_lifetime;
    let expires = state.clock.now() + lifetime;
    let (database, hash) = (&state.database, accounts::hash(&token));
    database.purge_sessions().await?;
    database
        .open_session(&user.institution, &user.name, &hash, expires)
        .await?;
    Ok(Opened {
        cookie: cookie(&token, lifetime.as_secs(), address.is_secure())?,
        token,
        expires,
    })
}

/// The session cookie; an empty token with no seconds takes it away.
pub(super) fn cookie(token: &str, seconds: u64, secure: bool) -> Result<HeaderValue, WebError> {
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!(
        "{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    ))
    .map_err(|_| WebError::Internal)
}
