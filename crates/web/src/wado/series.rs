//! Retrieving the objects of a series (PS3.18 §10.4.1.1.1).

use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};

use super::{objects, scope};
use crate::{WebError, WebState, session::Caller};

/// Retrieves the objects of a series.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID")), responses(
    (status = 200, description = "The objects, a part each; for one object application/dicom too", content_type = "multipart/related; type=\"application/dicom\"", body = Vec<u8>),
    (status = 206, description = "Those that can be converted to what was accepted", content_type = "multipart/related; type=\"application/dicom\"", body = Vec<u8>),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable", body = crate::error::Problem)))]
pub(crate) async fn series(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path((study, series)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let scope = scope::series(&study, &series)?;
    objects::answer(&state, &caller, &headers, &query, &scope).await
}
