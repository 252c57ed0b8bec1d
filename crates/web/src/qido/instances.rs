//! Searching for instances: everywhere, in a study, in a series.

use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use model::{Uid, search::Level};

use super::answer::{Within, search};
use crate::{WebError, WebState, session::Caller};

/// Searches for instances of all studies.
#[utoipa::path(get, path = "/dicom-web/instances", tag = "QIDO-RS", params(crate::openapi::Matching), responses(
    (status = 200, description = "Matches with their studies' and series' attributes", content_type = "application/dicom+json", body = [crate::openapi::DicomJson]),
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
        level: Level::Instance,
        study: None,
        series: None,
    };
    search(&state, &caller, &headers, &query, within).await
}

/// Searches for instances of a study.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/instances", tag = "QIDO-RS",
    params(("study" = String, Path, description = "Study Instance UID"), crate::openapi::Matching), responses(
    (status = 200, description = "Matches with their series' attributes", content_type = "application/dicom+json", body = [crate::openapi::DicomJson]),
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
        level: Level::Instance,
        study: Some(Uid::new(&study)?),
        series: None,
    };
    search(&state, &caller, &headers, &query, within).await
}

/// Searches for instances of a series.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances", tag = "QIDO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"), crate::openapi::Matching), responses(
    (status = 200, description = "Matches", content_type = "application/dicom+json", body = [crate::openapi::DicomJson]),
    (status = 204, description = "No match"),
    (status = 400, description = "A parameter cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem)))]
pub(crate) async fn of_series(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path((study, series)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let within = Within {
        level: Level::Instance,
        study: Some(Uid::new(&study)?),
        series: Some(Uid::new(&series)?),
    };
    search(&state, &caller, &headers, &query, within).await
}
