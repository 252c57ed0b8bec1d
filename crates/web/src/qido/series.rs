//! Searching for series, everywhere or in a study.

use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use model::{Uid, search::Level};

use super::answer::{Within, search};
use crate::{WebError, WebState, session::Caller};

/// Searches for series of all studies.
#[utoipa::path(get, path = "/dicom-web/series", tag = "QIDO-RS", params(crate::openapi::Matching), responses(
    (status = 200, description = "Matches with their studies' attributes", content_type = "application/dicom+json", body = [crate::openapi::DicomJson]),
    (status = 204, description = "No match"),
    (status = 400, description = "A parameter cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem)))]
pub(crate) async fn all(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let within = Within {
        level: Level::Series,
        study: None,
        series: None,
    };
    search(&state, &caller, &headers, &query, within).await
}

/// Searches for series of a study.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series", tag = "QIDO-RS",
    params(("study" = String, Path, description = "Study Instance UID"), crate::openapi::Matching), responses(
    (status = 200, description = "Matches", content_type = "application/dicom+json", body = [crate::openapi::DicomJson]),
    (status = 204, description = "No match"),
    (status = 400, description = "A parameter cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem)))]
pub(crate) async fn of_study(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path(study): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let within = Within {
        level: Level::Series,
        study: Some(Uid::new(&study)?),
        series: None,
    };
    search(&state, &caller, &headers, &query, within).await
}
