//! Retrieve Workitem (PS3.18 §11.5).

use ::dataset::xml;
use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use model::{Operation, Uid};
use serde_json::Value;

use super::failure::Failure;
use crate::{
    WebState,
    accept::DICOM_JSON,
    address::Address,
    error::Problem,
    notation::{self, DICOM_XML, Notation},
    openapi::DicomJson,
    session::Caller,
};

/// A workitem, without its Transaction UID.
#[utoipa::path(get, path = "/dicom-web/workitems/{workitem}", tag = "UPS-RS",
    params(("workitem" = String, Path, description = "SOP Instance UID")), responses(
    (status = 200, description = "The workitem: as JSON an array of one", body = Vec<DicomJson>, content_type = "application/dicom+json"),
    (status = 304, description = "The client has it"),
    (status = 400, description = "No UID", body = Problem),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 404, description = "No such workitem", body = Problem),
    (status = 406, description = "Nothing that the client accepts can be made", body = Problem),
    (status = 410, description = "The workitem is no longer kept", body = Problem),
    (status = 503, description = "The database does not answer", body = Problem)))]
pub(crate) async fn retrieve(
    State(state): State<WebState>,
    caller: Caller,
    Path(workitem): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let permit = caller.permit(Operation::Worklist)?;
    let notation = notation::of_one(&headers, &query)?;
    let uid = Uid::new(&workitem)?;
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let attributes = state.workitems.retrieve(&permit, &uid).await;
    let attributes = attributes.map_err(|error| Failure::of(error, &address, ""))?;
    let (kind, body) = match notation {
        Notation::Json => {
            let body = Json(Value::Array(vec![Value::Object(attributes)]));
            (DICOM_JSON, body.into_response())
        }
        Notation::Xml => (DICOM_XML, xml::write(&attributes).into_response()),
    };
    let location = address.workitem(&uid);
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_LOCATION, location),
    ];
    Ok((headers, body).into_response())
}
