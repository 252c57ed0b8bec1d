//! Thumbnails (PS3.18 §10.4.1.1.5): one picture that stands for a study, a series, an instance or a
//! frame, without graphics, which may name the patient.

use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use database::Scope;
use model::Operation;

use super::{frames, rendered, rendering, scope};
use crate::{WebError, WebState, session::Caller};

/// The middle image of the first series with images.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/thumbnail", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    crate::openapi::Rendering), responses(
    (status = 200, description = "The image", content_type = "image/jpeg", body = Vec<u8>),
    (status = 400, description = "A parameter cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable, or nothing to render", body = crate::error::Problem),
    (status = 503, description = "Too many pictures wait to be drawn", body = crate::error::Problem)))]
pub(crate) async fn of_study(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path(study): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let scope = scope::study(&study)?;
    answer(&state, &caller, &headers, &query, &scope, None).await
}

/// The middle image of a series.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/thumbnail", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    crate::openapi::Rendering), responses(
    (status = 200, description = "The image", content_type = "image/jpeg", body = Vec<u8>),
    (status = 400, description = "A parameter cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable, or nothing to render", body = crate::error::Problem),
    (status = 503, description = "Too many pictures wait to be drawn", body = crate::error::Problem)))]
pub(crate) async fn of_series(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path((study, series)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let scope = scope::series(&study, &series)?;
    answer(&state, &caller, &headers, &query, &scope, None).await
}

/// An instance: its middle frame.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/thumbnail", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID"),
    crate::openapi::Rendering), responses(
    (status = 200, description = "The image", content_type = "image/jpeg", body = Vec<u8>),
    (status = 400, description = "A parameter cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable, or nothing to render", body = crate::error::Problem),
    (status = 503, description = "Too many pictures wait to be drawn", body = crate::error::Problem)))]
pub(crate) async fn of_instance(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path((study, series, sop)): Path<(String, String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let scope = scope::instance(&study, &series, &sop)?;
    answer(&state, &caller, &headers, &query, &scope, None).await
}

/// A frame.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}/thumbnail", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID"),
    ("frames" = String, Path, description = "One frame number, from 1"),
    crate::openapi::Rendering), responses(
    (status = 200, description = "The image", content_type = "image/jpeg", body = Vec<u8>),
    (status = 400, description = "A parameter cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable, or nothing to render", body = crate::error::Problem),
    (status = 503, description = "Too many pictures wait to be drawn", body = crate::error::Problem)))]
pub(crate) async fn of_frame(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path((study, series, sop, frames)): Path<(String, String, String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let scope = scope::instance(&study, &series, &sop)?;
    answer(
        &state,
        &caller,
        &headers,
        &query,
        &scope,
        Some(frames::single(&frames)? - 1),
    )
    .await
}

async fn answer(
    state: &WebState,
    caller: &Caller,
    headers: &HeaderMap,
    query: &[(String, String)],
    scope: &Scope,
    index0: Option<u32>,
) -> Result<Response, WebError> {
    let permit = caller.permit(Operation::Retrieve)?;
    let asked = rendering::asked(headers, query)?;
    let thumbnail = state.retrieve.thumbnail(&permit, scope, index0, asked);
    Ok(rendered::picture(thumbnail.await?))
}
