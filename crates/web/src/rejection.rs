//! Rejecting and restoring (IHE RAD TF-2 §4.66, Imaging Object Change Management; docs/adr/0014), by
//! the addresses that users of dcm4chee know.

use axum::{
    Json,
    extract::{Path, State},
};
use database::Scope;
use model::{Operation, Rejection, Uid};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{WebError, WebState, session::Caller};

/// What a decision changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Changed {
    /// Versions of instances.
    count: u64,
}

/// Rejects a study (IHE IOCM).
#[utoipa::path(post, path = "/dicom-web/studies/{study}/reject/{code}", tag = "Rejection", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("code" = String, Path, description = "113001, 113037, 113038 or 113039, with or without ^DCM")), responses(
    (status = 200, description = "How many versions it were", body = Changed),
    (status = 400, description = "No UID or no code", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Nothing like that is kept", body = crate::error::Problem),
    (status = 409, description = "All of it is rejected already; the message says as what", body = crate::error::Problem)))]
pub(crate) async fn reject_study(
    State(state): State<WebState>,
    caller: Caller,
    Path((study, code)): Path<(String, String)>,
) -> Result<Json<Changed>, WebError> {
    rejected(&state, &caller, &scope(&study, None, None)?, &code).await
}

/// Rejects a series (IHE IOCM).
#[utoipa::path(post, path = "/dicom-web/studies/{study}/series/{series}/reject/{code}", tag = "Rejection", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("code" = String, Path, description = "113001, 113037, 113038 or 113039, with or without ^DCM")), responses(
    (status = 200, description = "How many versions it were", body = Changed),
    (status = 400, description = "No UID or no code", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Nothing like that is kept", body = crate::error::Problem),
    (status = 409, description = "All of it is rejected already; the message says as what", body = crate::error::Problem)))]
pub(crate) async fn reject_series(
    State(state): State<WebState>,
    caller: Caller,
    Path((study, series, code)): Path<(String, String, String)>,
) -> Result<Json<Changed>, WebError> {
    rejected(&state, &caller, &scope(&study, Some(&series), None)?, &code).await
}

/// Rejects an instance (IHE IOCM).
#[utoipa::path(post, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/reject/{code}", tag = "Rejection", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID"),
    ("code" = String, Path, description = "113001, 113037, 113038 or 113039, with or without ^DCM")), responses(
    (status = 200, description = "How many versions it were", body = Changed),
    (status = 400, description = "No UID or no code", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Nothing like that is kept", body = crate::error::Problem),
    (status = 409, description = "All of it is rejected already; the message says as what", body = crate::error::Problem)))]
pub(crate) async fn reject_instance(
    State(state): State<WebState>,
    caller: Caller,
    Path((study, series, instance, code)): Path<(String, String, String, String)>,
) -> Result<Json<Changed>, WebError> {
    rejected(
        &state,
        &caller,
        &scope(&study, Some(&series), Some(&instance))?,
        &code,
    )
    .await
}

/// Shows again what was rejected of a study.
#[utoipa::path(post, path = "/dicom-web/studies/{study}/restore", tag = "Rejection", params(
    ("study" = String, Path, description = "Study Instance UID")), responses(
    (status = 200, description = "How many versions it were", body = Changed),
    (status = 400, description = "No UID", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Nothing of it is rejected and still kept", body = crate::error::Problem)))]
pub(crate) async fn restore_study(
    State(state): State<WebState>,
    caller: Caller,
    Path(study): Path<String>,
) -> Result<Json<Changed>, WebError> {
    restored(&state, &caller, &scope(&study, None, None)?).await
}

/// Shows again what was rejected of a series.
#[utoipa::path(post, path = "/dicom-web/studies/{study}/series/{series}/restore", tag = "Rejection", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID")), responses(
    (status = 200, description = "How many versions it were", body = Changed),
    (status = 400, description = "No UID", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Nothing of it is rejected and still kept", body = crate::error::Problem)))]
pub(crate) async fn restore_series(
    State(state): State<WebState>,
    caller: Caller,
    Path((study, series)): Path<(String, String)>,
) -> Result<Json<Changed>, WebError> {
    restored(&state, &caller, &scope(&study, Some(&series), None)?).await
}

/// Shows again what was rejected of an instance.
#[utoipa::path(post, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/restore", tag = "Rejection", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID")), responses(
    (status = 200, description = "How many versions it were", body = Changed),
    (status = 400, description = "No UID", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Nothing of it is rejected and still kept", body = crate::error::Problem)))]
pub(crate) async fn restore_instance(
    State(state): State<WebState>,
    caller: Caller,
    Path((study, series, instance)): Path<(String, String, String)>,
) -> Result<Json<Changed>, WebError> {
    restored(
        &state,
        &caller,
        &scope(&study, Some(&series), Some(&instance))?,
    )
    .await
}

fn scope(study: &str, series: Option<&String>, sop: Option<&String>) -> Result<Scope, WebError> {
    let uid = |text: &String| Uid::new(text);
    Ok(Scope {
        study: Uid::new(study)?,
        series: series.map(uid).transpose()?,
        sop: sop.map(uid).transpose()?,
    })
}

async fn rejected(
    state: &WebState,
    caller: &Caller,
    scope: &Scope,
    code: &str,
) -> Result<Json<Changed>, WebError> {
    let permit = caller.permit(Operation::Delete)?;
    let rejection: Rejection = code
        .parse()
        .map_err(|error: model::UnknownRejection| WebError::BadRequest(error.to_string()))?;
    let ingest = &state.ingest;
    let count = ingest.reject(&permit, &state.database, scope, rejection);
    let count = count.await?;
    if count > 0 {
        return Ok(Json(Changed { count }));
    }
    let before = state.database.rejected_in(permit.institution(), scope);
    match before.await?.first() {
        Some(row) => Err(WebError::AlreadyRejected(row.rejection)),
        None => Err(WebError::NotFound("such an instance, series or study")),
    }
}

async fn restored(
    state: &WebState,
    caller: &Caller,
    scope: &Scope,
) -> Result<Json<Changed>, WebError> {
    let permit = caller.permit(Operation::Delete)?;
    match state
        .ingest
        .restore(&permit, &state.database, scope)
        .await?
    {
        0 => Err(WebError::NotRejected),
        count => Ok(Json(Changed { count })),
    }
}
