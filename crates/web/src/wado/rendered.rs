//! Retrieving an image that any browser shows (PS3.18 §10.4.1.1.3, §8.3.5).

use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use database::Scope;
use model::Operation;
use retrieve::{ImageFormat, Rendered};

use super::{
    frames::{one, single},
    rendering, scope,
};
use crate::{WebError, WebState, session::Caller};

/// Renders an instance: its first frame.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/rendered", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID"), crate::openapi::Rendering), responses(
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
    answer(&state, &caller, &headers, &query, scope, 1).await
}

/// Renders a frame.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}/rendered", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID"),
    ("frames" = String, Path, description = "One frame number, from 1"), crate::openapi::Rendering), responses(
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
    let number = single(&frames)?;
    answer(&state, &caller, &headers, &query, scope, number).await
}

async fn answer(
    state: &WebState,
    caller: &Caller,
    headers: &HeaderMap,
    query: &[(String, String)],
    scope: Scope,
    number: u32,
) -> Result<Response, WebError> {
    let permit = caller.permit(Operation::Retrieve)?;
    let rendering = rendering::asked(headers, query)?;
    let instance = one(state, &permit, &scope).await?;
    let rendered = state
        .retrieve
        .rendered(&permit, &instance, number - 1, &rendering)
        .await?;
    Ok(picture(rendered))
}

/// A picture as a body.
pub(super) fn picture(rendered: Rendered) -> Response {
    let content_type = match rendered.format {
        ImageFormat::Jpeg => "image/jpeg",
        ImageFormat::Png => "image/png",
        ImageFormat::Webp => "image/webp",
    };
    let body = Body::from(rendered.bytes);
    ([(header::CONTENT_TYPE, content_type)], body).into_response()
}
