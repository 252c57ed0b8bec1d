//! Thumbnails (PS3.18 §10.4.1.1.4): one picture that stands for a study, a series, an instance or a
//! frame, without graphics, which may name the patient.

use axum::{extract::Path, response::Response};
use database::Scope;
use retrieve::Shown;

use super::{
    asked::Asked,
    frames,
    rendered::{Pictures, Wanted},
    scope,
};
use crate::WebError;

/// The middle image of the first series with images.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/thumbnail", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    crate::openapi::Rendering), responses(Pictures))]
pub(crate) async fn of_study(
    asked: Asked,
    Path(study): Path<String>,
) -> Result<Response, WebError> {
    answer(&asked, &scope::study(&study)?, None).await
}

/// The middle image of a series.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/thumbnail", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    crate::openapi::Rendering), responses(Pictures))]
pub(crate) async fn of_series(
    asked: Asked,
    Path((study, series)): Path<(String, String)>,
) -> Result<Response, WebError> {
    answer(&asked, &scope::series(&study, &series)?, None).await
}

/// An instance: its middle frame.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/thumbnail", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID"),
    crate::openapi::Rendering), responses(Pictures))]
pub(crate) async fn of_instance(
    asked: Asked,
    Path((study, series, sop)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    answer(&asked, &scope::instance(&study, &series, &sop)?, None).await
}

/// A frame.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}/thumbnail", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID"),
    ("frames" = String, Path, description = "One frame number, from 1"),
    crate::openapi::Rendering), responses(Pictures))]
pub(crate) async fn of_frame(
    asked: Asked,
    Path((study, series, sop, frames)): Path<(String, String, String, String)>,
) -> Result<Response, WebError> {
    let scope = scope::instance(&study, &series, &sop)?;
    let index0 = frames::single(&frames)? - 1;
    answer(&asked, &scope, Some(index0)).await
}

async fn answer(asked: &Asked, scope: &Scope, index0: Option<u32>) -> Result<Response, WebError> {
    let permit = asked.permit()?;
    let wanted = Wanted::of(asked, permit, false)?.in_small();
    let retrieve = &asked.state.retrieve;
    let (instance, middle) = retrieve.middle(&wanted.permit, scope).await?;
    let mut location = asked.address().instance(instance.key());
    if let Some(index0) = index0 {
        location.push_str(&format!("/frames/{}", index0 + 1));
    }
    if instance.frame_count() == 0 {
        return Err(retrieve::RetrieveError::NotRenderable {
            reason: "the instance has no pixel data".into(),
        }
        .into());
    }
    let mut shown = Shown::all(instance);
    shown.frames = vec![index0.unwrap_or(middle)];
    wanted
        .answer(vec![shown], &format!("{location}/thumbnail"))
        .await
}
