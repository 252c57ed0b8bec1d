//! `GET /api/session/openid/{provider}`: to the provider.

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::errand::Kept;
use crate::{WebError, WebState, address::Address};

/// Where to go afterwards.
#[derive(Deserialize, IntoParams)]
pub(crate) struct Afterwards {
    /// A path of this site, as `/viewer?study=1.2.3`; the start if none is given.
    #[serde(default)]
    to: Option<String>,
}

/// Begins a sign-in: sends the browser to an OpenID provider.
#[utoipa::path(get, path = "/api/session/openid/{provider}", tag = "session", security(()),
    params(("provider" = String, Path, description = "The provider's id, of `/api/info`"), Afterwards), responses(
    (status = 303, description = "To the provider; to the sign-in page with `signin=unreachable` where it does not answer"),
    (status = 400, description = "The query cannot be read", body = crate::error::Problem),
    (status = 404, description = "No such provider", body = crate::error::Problem)))]
pub(crate) async fn begin(
    State(state): State<WebState>,
    Path(provider): Path<String>,
    Query(afterwards): Query<Afterwards>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let openid = state.openid.named(&provider)?;
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let kept = Kept::new(state.secrets.as_ref(), afterwards.to.as_deref());
    let redirect = openid.redirect(&address);
    let url = openid.provider.begin(&kept.errand(), &redirect).await;
    let url = match url {
        Ok(url) => url,
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(openid.provider = openid.id, error, "a sign-in cannot begin");
            let to = [(header::LOCATION, "/?signin=unreachable")];
            return Ok((StatusCode::SEE_OTHER, to).into_response());
        }
    };
    let cookie = kept.cookie(address.is_secure())?;
    let headers = [(header::SET_COOKIE, cookie)];
    Ok((
        StatusCode::SEE_OTHER,
        headers,
        [(header::LOCATION, url.to_string())],
    )
        .into_response())
}
