//! Retrieving the objects of a series (PS3.18 §10.4.1.1.1).

use axum::{extract::Path, response::Response};

use super::{asked::Asked, objects, scope};
use crate::WebError;

/// Retrieves the objects of a series.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID")), responses(
    (status = 200, description = "The objects, a part each; for one object application/dicom too", content_type = "multipart/related; type=\"application/dicom\"", body = Vec<u8>),
    (status = 206, description = "Those that can be converted to what was accepted", content_type = "multipart/related; type=\"application/dicom\"", body = Vec<u8>),
    (status = 304, description = "The client has it"),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable", body = crate::error::Problem)))]
pub(crate) async fn series(
    asked: Asked,
    Path((study, series)): Path<(String, String)>,
) -> Result<Response, WebError> {
    let scope = scope::series(&study, &series)?;
    objects::answer(&asked, &scope).await
}
