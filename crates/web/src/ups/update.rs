//! Update Workitem (PS3.18 §11.6).

use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{Operation, Uid};
use workitems::{Refusal, WorkitemError};

use super::{
    dataset,
    failure::{Failure, warned},
};
use crate::{
    WebError, WebState, address::Address, error::Problem, openapi::DicomJson, session::Caller,
};

const INCONSISTENT: &str =
    "The submitted request is inconsistent with the current state of the Workitem.";
const UNCLAIMED: &str = "The target URI did not reference a claimed Workitem.";

/// Changes attributes of a workitem. One in progress needs its Transaction UID: as the query
/// (`?1.2.3`, `?transaction=1.2.3`), or in the data set.
#[utoipa::path(post, path = "/dicom-web/workitems/{workitem}", tag = "UPS-RS", params(
    ("workitem" = String, Path, description = "SOP Instance UID"),
    ("transaction" = Option<String>, Query, description = "Transaction UID")),
    request_body(content = DicomJson, content_type = "application/dicom+json"), responses(
    (status = 200, description = "Changed"),
    (status = 400, description = "The data set or the Transaction UID is wrong, or the workitem is COMPLETED or CANCELED; Warning 299 says which", body = Problem),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not allowed, or sent by another site", body = Problem),
    (status = 404, description = "No such workitem", body = Problem),
    (status = 409, description = "The workitem is not in progress", body = Problem),
    (status = 410, description = "The workitem is no longer kept", body = Problem),
    (status = 413, description = "The data set is too long", body = Problem),
    (status = 415, description = "Another media type than DICOM JSON and XML", body = Problem),
    (status = 503, description = "The database does not answer", body = Problem)))]
pub(crate) async fn update(
    State(state): State<WebState>,
    caller: Caller,
    Path(workitem): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let permit = caller.permit(Operation::Schedule)?;
    let uid = Uid::new(&workitem)?;
    let transaction = query.iter().find_map(|(name, value)| match name.as_str() {
        "transaction" | "transaction-uid" | "transactionUID" => Some(value.as_str()),
        name if value.is_empty() && name.contains('.') => Some(name),
        _ => None,
    });
    let dataset = dataset::read(&headers, body, state.settings.max_workitem_bytes).await?;
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let updated = state
        .workitems
        .update(&permit, &uid, transaction, dataset)
        .await;
    let updated = updated.map_err(|error| failure(error, &address))?;
    let location = [(header::CONTENT_LOCATION, address.workitem(&uid))];
    let response = (StatusCode::OK, location).into_response();
    if updated.modified {
        let text = "The Workitem was updated with modifications.";
        return Ok(warned(response, &address, text));
    }
    Ok(response)
}

/// What is final is a bad request here, and a conflict elsewhere (PS3.18 §11.6.2).
fn failure(error: WorkitemError, address: &Address) -> Failure {
    match error {
        WorkitemError::Refused(Refusal::NotInProgress) => Failure::of(error, address, UNCLAIMED),
        WorkitemError::Refused(Refusal::Final) => {
            let text = error.to_string();
            Failure::of(error, address, INCONSISTENT).with_error(WebError::BadRequest(text))
        }
        error => Failure::of(error, address, INCONSISTENT),
    }
}
