//! Searching for studies.

use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::Response,
};
use model::search::Level;

use super::answer::{Within, search};
use crate::{WebError, WebState, session::Caller};

/// Searches for studies.
#[utoipa::path(get, path = "/dicom-web/studies", tag = "QIDO-RS", params(crate::openapi::Matching), responses(
    (status = 200, description = "Matches; Warning 299 when there are more", content_type = "application/dicom+json", body = [crate::openapi::DicomJson]),
    (status = 204, description = "No match"),
    (status = 400, description = "A parameter cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem)))]
pub(crate) async fn studies(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let within = Within {
        level: Level::Study,
        study: None,
        series: None,
    };
    search(&state, &caller, &headers, &query, within).await
}
