//! `/api/emergencies`: seeing what nothing else allows, and its review.

use access::{Administration, Authority};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use database::grants::Outcome;
use grants::Reason;
use model::Operation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Before, given::Grant, key, terms::PatientIdentity};
use crate::{
    WebError, WebState,
    admin::{body, text},
    session::Caller,
};

/// Why somebody must see what nothing else allows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmergencyTold {
    /// The identities of one patient, 1 to 16.
    patients: Vec<PatientIdentity>,
    /// `unconscious`, `life_threatening`, `no_contact` or `other`.
    reason: String,
    /// In words.
    text: String,
}

/// What somebody saw, or could have seen, in an emergency.
#[derive(Serialize, ToSchema)]
pub(crate) struct Emergency {
    /// What lets them.
    grant: Grant,
    /// `unconscious`, `life_threatening`, `no_contact` or `other`; the words are the grant's evidence.
    reason: String,
    /// A review is due by then (RFC 3339).
    review_due: String,
    /// Studies that were opened by it.
    studies_seen: u64,
    /// What came of the review; null: it was not reviewed.
    review: Option<Review>,
}

/// What a review found.
#[derive(Serialize, ToSchema)]
pub(crate) struct Review {
    /// `justified` or `violation`.
    outcome: &'static str,
    /// In words.
    note: String,
    /// When (RFC 3339).
    at: String,
    /// By whom.
    by: String,
}

/// What a review finds.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReviewTold {
    /// `justified` or `violation`.
    outcome: String,
    /// In words; of a violation what was wrong.
    #[serde(default)]
    note: String,
}

const TOLD: &str = r#"{"patients": [{"issuer": "EHC", "id": "P1"}], "reason": "unconscious", "text": "brought in after a fall"}"#;
const REVIEW: &str = r#"{"outcome": "justified", "note": ""}"#;

/// Lets the caller, and nobody else, see what others hold of a patient, whatever the patient forbade, for
/// `access.emergency_hours`. It is written down, told to the institutions that it concerns, and reviewed.
#[utoipa::path(post, path = "/api/emergencies", tag = "grants", request_body = EmergencyTold, responses(
    (status = 201, description = "In force", body = Grant),
    (status = 400, description = "Values cannot be used: each is named", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not allowed, or not a person with an account", body = crate::error::Problem)))]
pub(crate) async fn break_glass(
    State(state): State<WebState>,
    caller: Caller,
    told: Result<Json<EmergencyTold>, JsonRejection>,
) -> Result<(StatusCode, Json<Grant>), WebError> {
    let permit = caller.permit(Operation::Emergency)?;
    caller.person()?;
    let told = body(told, TOLD)?;
    let reason = told
        .reason
        .parse::<Reason>()
        .map_err(WebError::BadRequest)?;
    let patients = told.patients.into_iter().map(Into::into).collect();
    let row = state
        .grants
        .break_glass(&permit, patients, reason, told.text)
        .await?;
    Ok((StatusCode::CREATED, Json(Grant::new(row, &state)?)))
}

fn reviewer(caller: &Caller) -> Result<Authority, WebError> {
    Ok(access::administer(caller.actor(), Administration::Reviews)?)
}

/// Lists emergencies of the caller's institution's people, and those in which something that it holds was opened; the
/// latest first, at most 100.
#[utoipa::path(get, path = "/api/admin/emergencies", tag = "administration",
    params(("before" = Option<String>, Query, description = "Only those before this grant")), responses(
    (status = 200, description = "Emergencies", body = [Emergency]),
    (status = 400, description = "before is no key of a grant", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not an audit administrator", body = crate::error::Problem)))]
pub(crate) async fn emergencies(
    State(state): State<WebState>,
    caller: Caller,
    before: Result<Before, WebError>,
) -> Result<Json<Vec<Emergency>>, WebError> {
    let authority = reviewer(&caller)?;
    let rows = state.grants.emergencies(&authority, before?.0).await?;
    let listed = rows.into_iter().map(|row| {
        let review = row.review.map(|review| {
            Ok::<_, WebError>(Review {
                outcome: review.outcome.as_str(),
                note: review.note,
                at: text(review.at)?,
                by: review.by,
            })
        });
        Ok(Emergency {
            grant: Grant::new(row.grant, &state)?,
            reason: row.reason,
            review_due: text(row.review_due)?,
            studies_seen: row.studies_seen,
            review: review.transpose()?,
        })
    });
    listed.collect::<Result<_, _>>().map(Json)
}

/// Writes down what a review of an emergency found: once.
#[utoipa::path(put, path = "/api/admin/emergencies/{grant}/review", tag = "administration", request_body = ReviewTold,
    params(("grant" = String, Path, description = "The key of its grant")), responses(
    (status = 204, description = "Written down"),
    (status = 400, description = "Values cannot be used: each is named", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not an audit administrator", body = crate::error::Problem),
    (status = 404, description = "Not found, or it does not concern the caller's institution", body = crate::error::Problem),
    (status = 409, description = "It was reviewed before", body = crate::error::Problem)))]
pub(crate) async fn review(
    State(state): State<WebState>,
    caller: Caller,
    Path(grant): Path<String>,
    told: Result<Json<ReviewTold>, JsonRejection>,
) -> Result<StatusCode, WebError> {
    let authority = reviewer(&caller)?;
    let told = body(told, REVIEW)?;
    let outcome = Outcome::ALL
        .into_iter()
        .find(|one| one.as_str() == told.outcome);
    let neither = || {
        let text = format!("{:?} is neither justified nor violation", told.outcome);
        WebError::BadRequest(text)
    };
    let grant = key("grant", &grant)?;
    state
        .grants
        .review(&authority, grant, outcome.ok_or_else(neither)?, &told.note)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
