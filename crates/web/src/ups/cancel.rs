//! Request Cancellation (PS3.18 §11.8).

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use model::{Operation, Uid};
use workitems::Canceled;

use super::{
    dataset,
    failure::{Failure, warned},
};
use crate::{WebState, address::Address, error::Problem, openapi::DicomJson, session::Caller};

/// Asks for the cancellation of a workitem. The data set may say why (Reason for Cancellation,
/// Procedure Step Discontinuation Reason Code Sequence) and whom to talk to (Contact URI, Contact
/// Display Name).
#[utoipa::path(post, path = "/dicom-web/workitems/{workitem}/cancelrequest", tag = "UPS-RS",
    params(("workitem" = String, Path, description = "SOP Instance UID")),
    request_body(content = Option<DicomJson>, content_type = "application/dicom+json"), responses(
    (status = 202, description = "A scheduled workitem is canceled, who follows one in progress is told; Warning 299 where it was canceled before"),
    (status = 400, description = "The data set cannot be read", body = Problem),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not allowed, or sent by another site", body = Problem),
    (status = 404, description = "No such workitem", body = Problem),
    (status = 409, description = "The workitem is completed, or nobody follows it who could be told", body = Problem),
    (status = 410, description = "The workitem is no longer kept", body = Problem),
    (status = 413, description = "The data set is too long", body = Problem),
    (status = 415, description = "Another media type than DICOM JSON and XML", body = Problem),
    (status = 503, description = "The database does not answer", body = Problem)))]
pub(crate) async fn request_cancel(
    State(state): State<WebState>,
    caller: Caller,
    Path(workitem): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let permit = caller.permit(Operation::Schedule)?;
    let uid = Uid::new(&workitem)?;
    let asked = dataset::read_any(&headers, body, state.settings.max_workitem_bytes).await?;
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let canceled = state.workitems.request_cancel(&permit, &uid, asked).await;
    let response = StatusCode::ACCEPTED.into_response();
    match canceled.map_err(|error| Failure::of(error, &address, ""))? {
        Canceled::Accepted => Ok(response),
        Canceled::Already => {
            let text = "The UPS is already in the requested state of CANCELED.";
            Ok(warned(response, &address, text))
        }
    }
}
