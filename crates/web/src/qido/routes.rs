//! The addresses of searching (PS3.18 Table 10.6.1-1), and of patients: each says its level, its path the rest.

use axum::response::Response;
use model::search::Level;
use utoipa::IntoResponses;

use super::{answer::search, asked::Asked};
use crate::{
    WebError,
    error::Problem,
    openapi::{DicomJson, Matching},
};

/// What every search answers.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "a description, never a value")]
pub(crate) enum Answers {
    /// Matches with the attributes of the levels above that the path does not fix; Warning 299 when
    /// there are more.
    #[response(status = 200, content_type = "application/dicom+json")]
    Found(Vec<DicomJson>),
    /// No match.
    #[response(status = 204)]
    Nothing,
    /// The client has them.
    #[response(status = 304)]
    NotModified,
    /// A parameter cannot be read.
    #[response(status = 400)]
    Unreadable(Problem),
    /// Not signed in.
    #[response(status = 401)]
    Nobody(Problem),
    /// Nothing acceptable.
    #[response(status = 406)]
    NotAcceptable(Problem),
}

/// Searches for studies.
#[utoipa::path(
    get,
    path = "/dicom-web/studies",
    tag = "QIDO-RS",
    params(Matching),
    responses(Answers)
)]
pub(crate) async fn studies(asked: Asked) -> Result<Response, WebError> {
    search(Level::Study, asked).await
}

/// Searches for patients. The standard has no such resource: the keys are those of C-FIND at patient
/// level, with the numbers of a patient's studies, series and instances.
#[utoipa::path(
    get,
    path = "/dicom-web/patients",
    tag = "QIDO-RS",
    params(Matching),
    responses(Answers)
)]
pub(crate) async fn patients(asked: Asked) -> Result<Response, WebError> {
    search(Level::Patient, asked).await
}

/// Searches for series of all studies.
#[utoipa::path(
    get,
    path = "/dicom-web/series",
    tag = "QIDO-RS",
    params(Matching),
    responses(Answers)
)]
pub(crate) async fn all_series(asked: Asked) -> Result<Response, WebError> {
    search(Level::Series, asked).await
}

/// Searches for series of a study.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series", tag = "QIDO-RS",
    params(("study" = String, Path, description = "Study Instance UID"), Matching), responses(Answers))]
pub(crate) async fn series_of_study(asked: Asked) -> Result<Response, WebError> {
    search(Level::Series, asked).await
}

/// Searches for instances of all studies.
#[utoipa::path(
    get,
    path = "/dicom-web/instances",
    tag = "QIDO-RS",
    params(Matching),
    responses(Answers)
)]
pub(crate) async fn all_instances(asked: Asked) -> Result<Response, WebError> {
    search(Level::Instance, asked).await
}

/// Searches for instances of a study.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/instances", tag = "QIDO-RS",
    params(("study" = String, Path, description = "Study Instance UID"), Matching), responses(Answers))]
pub(crate) async fn instances_of_study(asked: Asked) -> Result<Response, WebError> {
    search(Level::Instance, asked).await
}

/// Searches for instances of a series.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances", tag = "QIDO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"), Matching), responses(Answers))]
pub(crate) async fn instances_of_series(asked: Asked) -> Result<Response, WebError> {
    search(Level::Instance, asked).await
}
