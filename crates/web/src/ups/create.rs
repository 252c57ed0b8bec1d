//! Create Workitem (PS3.18 §11.4).

use axum::{
    body::Body,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{Operation, Uid};

use super::{
    dataset,
    failure::{Failure, warned},
};
use crate::{WebState, address::Address, error::Problem, openapi::DicomJson, session::Caller};

/// Creates a workitem. Its UID is the query (`?1.2.3`, `?workitem=1.2.3`), else the data set's SOP
/// Instance UID, else a new one.
#[utoipa::path(post, path = "/dicom-web/workitems", tag = "UPS-RS",
    params(("workitem" = Option<String>, Query, description = "SOP Instance UID of the new workitem")),
    request_body(content = DicomJson, content_type = "application/dicom+json"), responses(
    (status = 201, description = "Created; Location names it. Warning 299 where attributes were added"),
    (status = 400, description = "The query is no UID, or the data set is not what PS3.4 Table CC.2.5-3 asks for; Warning 299 says what", body = Problem),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not allowed, or sent by another site", body = Problem),
    (status = 409, description = "The workitem exists", body = Problem),
    (status = 413, description = "The data set is too long", body = Problem),
    (status = 415, description = "Another media type than DICOM JSON and XML", body = Problem),
    (status = 503, description = "The database does not answer", body = Problem)))]
pub(crate) async fn create(
    State(state): State<WebState>,
    caller: Caller,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let permit = caller.permit(Operation::Schedule)?;
    let uid = query.iter().find_map(|(name, value)| match name.as_str() {
        "workitem" | "AffectedSOPInstanceUID" => Some(Uid::new(value)),
        // The template of the standard is the UID and nothing else.
        name if value.is_empty() => Some(Uid::new(name)),
        _ => None,
    });
    let uid = uid.transpose()?;
    let dataset = dataset::read(&headers, body, state.settings.max_workitem_bytes).await?;
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let created = state.workitems.create(&permit, uid, dataset).await;
    let created = created.map_err(|error| Failure::of(error, &address, ""))?;
    let location = address.workitem(&created.uid);
    let response = (StatusCode::CREATED, [(header::LOCATION, location)]).into_response();
    if created.modified {
        let text = "The Workitem was created with modifications.";
        return Ok(warned(response, &address, text));
    }
    Ok(response)
}
