//! `GET /api/session/openid/{provider}/callback`: back from the provider.

use accounts::{Accounts, Unadmitted, Vouched};
use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use database::{DatabaseError, Subject, User};
use openid::OpenIdError;

use super::{
    OpenId,
    errand::{self, Kept},
};
use crate::{
    WebError, WebState,
    address::Address,
    session::login::{Opened, open},
};

/// Why nobody came in; the sign-in page says it.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    OpenId(#[from] OpenIdError),
    #[error("what the provider says of the person stands for no roles")]
    NoRole,
    #[error(transparent)]
    Unadmitted(#[from] Unadmitted),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("the session could not be opened")]
    Session(#[from] WebError),
}

impl Refusal {
    /// A word for the page and for the metrics.
    fn code(&self) -> &'static str {
        match self {
            Self::OpenId(OpenIdError::Foreign) => "foreign",
            Self::OpenId(OpenIdError::Refused { .. }) => "refused",
            Self::OpenId(error) if error.is_outage() => "unreachable",
            Self::OpenId(_) => "token",
            Self::NoRole => "role",
            Self::Unadmitted(Unadmitted::Nameless) => "nameless",
            Self::Unadmitted(Unadmitted::NameTaken) => "taken",
            Self::Unadmitted(Unadmitted::Locked) => "locked",
            Self::Unadmitted(Unadmitted::Database(_)) | Self::Database(_) | Self::Session(_) => {
                "error"
            }
        }
    }
}

/// Ends a sign-in: opens a session for whom the provider vouches, and goes on to where it was begun.
#[utoipa::path(get, path = "/api/session/openid/{provider}/callback", tag = "session", security(()),
    params(("provider" = String, Path, description = "The provider's id, of `/api/info`"),
        ("code" = Option<String>, Query, description = "RFC 6749 §4.1.2"),
        ("state" = Option<String>, Query, description = "RFC 6749 §4.1.2"),
        ("iss" = Option<String>, Query, description = "RFC 9207"),
        ("error" = Option<String>, Query, description = "RFC 6749 §4.1.2.1")), responses(
    (status = 303, description = "Signed in, the session cookie is set; or to the sign-in page, whose parameter `signin` says what failed: foreign, refused, unreachable, token, role, nameless, taken, locked, error"),
    (status = 404, description = "No such provider", body = crate::error::Problem)))]
pub(crate) async fn callback(
    State(state): State<WebState>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let openid = state.openid.named(&provider)?;
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let kept = Kept::read(&headers);
    let query = query.unwrap_or_default();
    let entered = enter(&state, openid, kept.as_ref(), &query, &address).await;
    let outcome = entered.as_ref().map_or_else(Refusal::code, |_| "ok");
    metrics::counter!("http_openid_sign_ins_total", "outcome" => outcome).increment(1);
    let mut cookies = vec![errand::forget(address.is_secure())?];
    let to = match (entered, kept) {
        (Ok(opened), Some(kept)) => {
            cookies.push(opened.cookie);
            kept.to().to_owned()
        }
        (Err(refusal), _) => {
            let error = &refusal as &dyn std::error::Error;
            tracing::warn!(
                openid.provider = openid.id,
                error,
                outcome,
                "a sign-in failed"
            );
            format!("/?signin={outcome}")
        }
        (Ok(_), None) => return Err(WebError::Internal),
    };
    let to = HeaderValue::from_str(&to).map_err(|_| WebError::Internal)?;
    let cookies = cookies.into_iter().map(|one| (header::SET_COOKIE, one));
    let cookies = AppendHeaders(cookies.collect::<Vec<_>>());
    Ok((StatusCode::SEE_OTHER, cookies, [(header::LOCATION, to)]).into_response())
}

async fn enter(
    state: &WebState,
    openid: &OpenId,
    kept: Option<&Kept>,
    query: &str,
    address: &Address,
) -> Result<Opened, Refusal> {
    let errand = kept.ok_or(OpenIdError::Foreign)?.errand();
    let redirect = openid.redirect(address);
    let identity = openid.provider.finish(&errand, query, &redirect).await?;
    let roles = openid.roles(&identity.roles).ok_or(Refusal::NoRole)?;
    let vouched = Vouched {
        provider: &openid.id,
        institution: &openid.institution,
        subject: Subject {
            issuer: &identity.issuer,
            subject: &identity.subject,
        },
        name: identity.name.as_deref(),
        roles: &roles,
    };
    let accounts = Accounts::new(state.database.clone(), state.secrets.clone());
    let user: User = accounts.admit(&vouched).await?;
    Ok(open(state, address, &user).await?)
}
