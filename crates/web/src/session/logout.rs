//! `DELETE /api/session`: sign-out.

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    login::cookie,
    token::{self, Presented},
};
use crate::{WebError, WebState, address::Address};

/// What of this site the browser drops at sign-out: images and answers that it keeps (Clear Site Data, W3C). Over
/// plain HTTP browsers heed it on the loopback only.
const CLEAR_SITE_DATA: (HeaderName, HeaderValue) = (
    HeaderName::from_static("clear-site-data"),
    HeaderValue::from_static("\"cache\""),
);

/// Ends the session of the token that the request carries; without one nothing happens.
#[utoipa::path(delete, path = "/api/session", tag = "session", security((), ("bearer" = []), ("cookie" = [])), responses(
    (status = 204, description = "Signed out; the session cookie is taken away, and the browser drops what it keeps of this site"),
    (status = 503, description = "The database does not answer", body = crate::error::Problem)))]
pub(crate) async fn logout(
    State(state): State<WebState>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    if let Some(Presented::Bearer(token) | Presented::Cookie(token)) = token::presented(&headers) {
        state
            .database
            .close_session(&accounts::hash(&token))
            .await?;
    }
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let gone = cookie("", 0, address.is_secure())?;
    let headers = [(header::SET_COOKIE, gone), CLEAR_SITE_DATA];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}
