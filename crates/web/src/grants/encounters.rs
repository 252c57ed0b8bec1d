//! `/api/encounters`: visits, as the hospital's system tells of them.

use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use model::Operation;

use super::{given::Grant, terms::TermsTold};
use crate::{WebError, WebState, admin::body, session::Caller};

const TOLD: &str = r#"{"patients": [{"issuer": "EHC", "id": "P1"}]}"#;

/// Tells that a patient's visit has begun, or what is known of it now; told again, it is what was told last.
#[utoipa::path(put, path = "/api/encounters/{visit}", tag = "grants", request_body = TermsTold,
    params(("visit" = String, Path, description = "The visit's number at the caller's institution")), responses(
    (status = 200, description = "In force", body = Grant),
    (status = 400, description = "Values cannot be used: each is named", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not allowed", body = crate::error::Problem)))]
pub(crate) async fn open_encounter(
    State(state): State<WebState>,
    caller: Caller,
    Path(visit): Path<String>,
    told: Result<Json<TermsTold>, JsonRejection>,
) -> Result<Json<Grant>, WebError> {
    let permit = caller.permit(Operation::Encounter)?;
    let told = body(told, TOLD)?.read()?;
    let row = state.grants.open_encounter(&permit, &visit, told).await?;
    Grant::new(row, &state).map(Json)
}

/// Tells that a visit has ended: what it lets see ends `access.encounter_hours` later.
#[utoipa::path(delete, path = "/api/encounters/{visit}", tag = "grants",
    params(("visit" = String, Path, description = "The visit's number at the caller's institution")), responses(
    (status = 204, description = "It ends"),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not allowed", body = crate::error::Problem),
    (status = 404, description = "Not found, or it has ended", body = crate::error::Problem)))]
pub(crate) async fn close_encounter(
    State(state): State<WebState>,
    caller: Caller,
    Path(visit): Path<String>,
) -> Result<StatusCode, WebError> {
    let permit = caller.permit(Operation::Encounter)?;
    state.grants.close_encounter(&permit, &visit).await?;
    Ok(StatusCode::NO_CONTENT)
}
