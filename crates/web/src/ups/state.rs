//! Change Workitem State (PS3.18 §11.7).

use ::dataset::json::JsonObject;
use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use model::{Operation, StepState, Uid};
use workitems::{Changed, WorkitemError};

use super::{
    dataset,
    failure::{Failure, warned},
};
use crate::{
    WebError, WebState, address::Address, error::Problem, openapi::DicomJson, session::Caller,
};

const INCONSISTENT: &str =
    "The submitted request is inconsistent with the state of the UPS Instance.";

/// Claims, completes or cancels a workitem: the data set holds Procedure Step State (0074,1000) and
/// Transaction UID (0008,1195).
#[utoipa::path(put, path = "/dicom-web/workitems/{workitem}/state", tag = "UPS-RS",
    params(("workitem" = String, Path, description = "SOP Instance UID")),
    request_body(content = DicomJson, content_type = "application/dicom+json"), responses(
    (status = 200, description = "Changed; Warning 299 where it was in that state before"),
    (status = 400, description = "The state or the Transaction UID is missing or wrong; Warning 299 says which", body = Problem),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not allowed, or sent by another site", body = Problem),
    (status = 404, description = "No such workitem", body = Problem),
    (status = 409, description = "The workitem's state does not allow it, or it lacks what its final state asks for", body = Problem),
    (status = 410, description = "The workitem is no longer kept", body = Problem),
    (status = 413, description = "The data set is too long", body = Problem),
    (status = 415, description = "Another media type than DICOM JSON and XML", body = Problem),
    (status = 503, description = "The database does not answer", body = Problem)))]
pub(crate) async fn change_state(
    State(state): State<WebState>,
    caller: Caller,
    Path(workitem): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let permit = caller.permit(Operation::Schedule)?;
    let uid = Uid::new(&workitem)?;
    let dataset = dataset::read(&headers, body, state.settings.max_workitem_bytes).await?;
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let to = text(&dataset, "00741000").and_then(StepState::parse);
    let to = to.ok_or_else(|| {
        let states =
            "Procedure Step State (0074,1000): IN PROGRESS, COMPLETED or CANCELED expected";
        WebError::BadRequest(states.into())
    })?;
    let transaction = text(&dataset, "00081195").filter(|text| !text.is_empty());
    let transaction = transaction
        .ok_or_else(|| Failure::of(WorkitemError::TransactionMissing, &address, INCONSISTENT))?;
    let transaction = Uid::new(transaction)?;
    let changed = state
        .workitems
        .change_state(&permit, &uid, to, transaction.as_str())
        .await;
    match changed.map_err(|error| Failure::of(error, &address, INCONSISTENT))? {
        Changed::Done => Ok(StatusCode::OK.into_response()),
        Changed::Already(state) => {
            let state = state.as_str();
            let text = format!("The UPS is already in the requested state of {state}.");
            Ok(warned(StatusCode::OK.into_response(), &address, &text))
        }
    }
}

fn text<'d>(dataset: &'d JsonObject, key: &str) -> Option<&'d str> {
    dataset
        .get(key)?
        .get("Value")?
        .get(0)?
        .as_str()
        .map(str::trim)
}
