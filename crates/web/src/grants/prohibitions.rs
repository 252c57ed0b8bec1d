//! `/api/prohibitions`: what a patient, or the law, forbids others to see.

use access::Prohibitor;
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use database::grants::ProhibitionRow;
use grants::NewForbidden;
use model::Operation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Before, institution, key,
    terms::{TermsShown, TermsTold},
};
use crate::{WebError, WebState, admin::body, session::Caller};

/// What keeps others from seeing what is held of a patient.
#[derive(Serialize, ToSchema)]
pub(crate) struct Forbidden {
    /// Its key.
    prohibition: String,
    /// `patient`, which an emergency passes, or `law`, which nothing does.
    by: &'static str,
    /// The institution that may not see; null: nobody else than the holder.
    reader: Option<String>,
    /// Only studies of this sensitive category; empty: all.
    category: String,
    #[serde(flatten)]
    terms: TermsShown,
}

impl Forbidden {
    fn new(row: ProhibitionRow, state: &WebState) -> Result<Self, WebError> {
        let prohibition = row.prohibition;
        Ok(Self {
            prohibition: prohibition.id.to_string(),
            by: prohibition.by.as_str(),
            reader: prohibition.reader.map(String::from),
            category: prohibition.category,
            terms: TermsShown::new(prohibition.terms, &row.recorded, state.clock.now())?,
        })
    }
}

/// A prohibition.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ForbiddenTold {
    /// `patient` or `law`.
    by: String,
    /// The institution that may not see; absent: nobody else than the holder.
    reader: Option<String>,
    /// Only studies of this sensitive category; empty: all.
    #[serde(default)]
    category: String,
    #[serde(flatten)]
    terms: TermsTold,
}

const TOLD: &str = r#"{"by": "patient", "patients": [{"issuer": "EHC", "id": "P1"}]}"#;

/// Lists the prohibitions that the caller's institution wrote down; the latest first, at most 100.
#[utoipa::path(get, path = "/api/prohibitions", tag = "grants",
    params(("before" = Option<String>, Query, description = "Only those before this prohibition")), responses(
    (status = 200, description = "Prohibitions", body = [Forbidden]),
    (status = 400, description = "before is no key of a prohibition", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not allowed", body = crate::error::Problem)))]
pub(crate) async fn prohibitions(
    State(state): State<WebState>,
    caller: Caller,
    before: Result<Before, WebError>,
) -> Result<Json<Vec<Forbidden>>, WebError> {
    let permit = caller.permit(Operation::Consent)?;
    let rows = state.grants.prohibitions(&permit, before?.0).await?;
    let listed = rows.into_iter().map(|row| Forbidden::new(row, &state));
    listed.collect::<Result<_, _>>().map(Json)
}

/// Writes a prohibition down, in force from its beginning: it stands before every grant.
#[utoipa::path(post, path = "/api/prohibitions", tag = "grants", request_body = ForbiddenTold, responses(
    (status = 201, description = "In force", body = Forbidden),
    (status = 400, description = "Values cannot be used: each is named", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not allowed", body = crate::error::Problem)))]
pub(crate) async fn forbid(
    State(state): State<WebState>,
    caller: Caller,
    told: Result<Json<ForbiddenTold>, JsonRejection>,
) -> Result<(StatusCode, Json<Forbidden>), WebError> {
    let permit = caller.permit(Operation::Consent)?;
    let told = body(told, TOLD)?;
    let by = Prohibitor::ALL
        .into_iter()
        .find(|by| by.as_str() == told.by);
    let nobody = || WebError::BadRequest(format!("by: {:?} is neither patient nor law", told.by));
    let reader = told.reader.as_deref();
    let forbidden = NewForbidden {
        by: by.ok_or_else(nobody)?,
        reader: reader.map(|text| institution("reader", text)).transpose()?,
        category: told.category,
        terms: told.terms.read()?,
    };
    let row = state.grants.forbid(&permit, forbidden).await?;
    Ok((StatusCode::CREATED, Json(Forbidden::new(row, &state)?)))
}

/// Lifts a prohibition that the caller's institution wrote down.
#[utoipa::path(delete, path = "/api/prohibitions/{prohibition}", tag = "grants",
    params(("prohibition" = String, Path, description = "Its key")), responses(
    (status = 204, description = "Lifted"),
    (status = 400, description = "No key of a prohibition", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not allowed", body = crate::error::Problem),
    (status = 404, description = "Not found, or it has ended", body = crate::error::Problem)))]
pub(crate) async fn lift(
    State(state): State<WebState>,
    caller: Caller,
    Path(prohibition): Path<String>,
) -> Result<StatusCode, WebError> {
    let permit = caller.permit(Operation::Consent)?;
    let prohibition = key("prohibition", &prohibition)?;
    state.grants.lift(&permit, prohibition).await?;
    Ok(StatusCode::NO_CONTENT)
}
