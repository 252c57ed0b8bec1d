//! Retrieving an object (PS3.18 §10.4.1.1.1).

use axum::{extract::Path, response::Response};

use super::{asked::Asked, objects, scope};
use crate::WebError;

/// Retrieves an object.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID")), responses(
    (status = 200, description = "The objects, a part each; for one object application/dicom too", content_type = "multipart/related; type=\"application/dicom\"", body = Vec<u8>),
    (status = 206, description = "The range asked for, of application/dicom as stored", content_type = "application/dicom", body = Vec<u8>),
    (status = 304, description = "The client has it"),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable", body = crate::error::Problem),
    (status = 416, description = "The range begins behind the end", body = crate::error::Problem)))]
pub(crate) async fn instance(
    asked: Asked,
    Path((study, series, sop)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    let scope = scope::instance(&study, &series, &sop)?;
    objects::answer(&asked, &scope).await
}
