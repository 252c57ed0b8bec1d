//! `/api/studies`: why a study may be seen, and what makes it sensitive.

use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use model::{Operation, Uid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    WebError, WebState,
    admin::{body, text},
    session::Caller,
};

/// Why the caller may see a study.
#[derive(Serialize, ToSchema)]
pub(crate) struct StudyBasis {
    /// The institution whose holding is seen.
    holder: String,
    /// Its name.
    holder_name: String,
    /// Whether it is the caller's own.
    own: bool,
    /// `consent`, `encounter`, `referral`, `consult` or `emergency`; null: it is the own institution's.
    basis: Option<&'static str>,
    /// The key of the grant.
    grant: Option<String>,
    /// Until when at most (RFC 3339).
    until: Option<String>,
}

/// What makes a study sensitive.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Categories {
    /// Names of 1 to 64 of a-z 0-9 -, at most 32; none: it is not sensitive.
    categories: Vec<String>,
}

const CATEGORIES: &str = r#"{"categories": ["psychiatry"]}"#;

/// Tells why the caller may see a study; what is not seen is not found, whether somebody holds it or not.
#[utoipa::path(get, path = "/api/studies/{study}/basis", tag = "grants",
    params(("study" = String, Path, description = "Study Instance UID")), responses(
    (status = 200, description = "Why", body = StudyBasis),
    (status = 400, description = "No UID", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not allowed", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem)))]
pub(crate) async fn basis(
    State(state): State<WebState>,
    caller: Caller,
    Path(study): Path<String>,
) -> Result<Json<StudyBasis>, WebError> {
    let permit = caller.permit(Operation::Retrieve)?;
    let study = Uid::new(&study)?;
    let why = state.grants.why(&permit, &study).await?;
    state.retrieve.record(&permit, &study).await?;
    let details = why.holder.details;
    let (basis, grant, until) = match why.ground {
        None => (None, None, None),
        Some((basis, grant, until)) => (
            Some(basis.as_str()),
            Some(grant.to_string()),
            Some(text(until)?),
        ),
    };
    Ok(Json(StudyBasis {
        holder: details.id.to_string(),
        holder_name: details.name,
        own: basis.is_none(),
        basis,
        grant,
        until,
    }))
}

/// Tells what makes a study of the caller's institution sensitive.
#[utoipa::path(get, path = "/api/studies/{study}/categories", tag = "grants",
    params(("study" = String, Path, description = "Study Instance UID")), responses(
    (status = 200, description = "Its categories", body = Categories),
    (status = 400, description = "No UID", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not allowed", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem)))]
pub(crate) async fn categories(
    State(state): State<WebState>,
    caller: Caller,
    Path(study): Path<String>,
) -> Result<Json<Categories>, WebError> {
    let permit = caller.permit(Operation::Consent)?;
    let study = Uid::new(&study)?;
    let categories = state.grants.categories(&permit, &study).await?;
    Ok(Json(Categories { categories }))
}

/// Marks a study of the caller's institution as sensitive, of these categories and no others: others see it by a
/// consent that names each, or in an emergency.
#[utoipa::path(put, path = "/api/studies/{study}/categories", tag = "grants", request_body = Categories,
    params(("study" = String, Path, description = "Study Instance UID")), responses(
    (status = 204, description = "In force"),
    (status = 400, description = "Values cannot be used: each is named", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not allowed", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem)))]
pub(crate) async fn mark(
    State(state): State<WebState>,
    caller: Caller,
    Path(study): Path<String>,
    told: Result<Json<Categories>, JsonRejection>,
) -> Result<StatusCode, WebError> {
    let permit = caller.permit(Operation::Consent)?;
    let study = Uid::new(&study)?;
    let told = body(told, CATEGORIES)?;
    state.grants.mark(&permit, &study, told.categories).await?;
    Ok(StatusCode::NO_CONTENT)
}
