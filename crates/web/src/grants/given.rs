//! `/api/grants`: consents, referrals and requests for an opinion, and every other grant as it is listed.

use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use database::grants::GrantRow;
use grants::NewGiven;
use model::{Basis, Operation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Before, any, institution, key,
    terms::{TermsShown, TermsTold},
};
use crate::{WebError, WebState, admin::body, session::Caller};

/// What lets an institution see what others hold.
#[derive(Serialize, ToSchema)]
pub(crate) struct Grant {
    /// Its key.
    grant: String,
    /// `consent`, `encounter`, `referral`, `consult` or `emergency`.
    basis: &'static str,
    /// The institution that may see.
    reader: String,
    /// The one account that may; null: everybody there whose role reads.
    account: Option<String>,
    /// Sensitive categories that a consent names.
    categories: Vec<String>,
    /// The visit of an encounter; else empty.
    visit: String,
    #[serde(flatten)]
    terms: TermsShown,
}

impl Grant {
    pub(super) fn new(row: GrantRow, state: &WebState) -> Result<Self, WebError> {
        let grant = row.grant;
        Ok(Self {
            grant: grant.id.to_string(),
            basis: grant.basis.as_str(),
            reader: grant.reader.to_string(),
            account: grant.account,
            categories: grant.categories,
            visit: grant.reference,
            terms: TermsShown::new(grant.terms, &row.recorded, state.clock.now())?,
        })
    }
}

/// A consent, a referral or a request for an opinion.
#[derive(Deserialize, ToSchema)]
pub(crate) struct GrantTold {
    /// `consent`, `referral` or `consult`.
    basis: String,
    /// The institution that may see.
    reader: String,
    /// Sensitive categories that a consent names: 1 to 64 of a-z 0-9 -.
    #[serde(default)]
    categories: Vec<String>,
    #[serde(flatten)]
    terms: TermsTold,
}

const TOLD: &str = r#"{"basis": "consent", "reader": "west", "patients": [{"issuer": "EHC", "id": "P1"}], "until": "2027-01-31T00:00:00Z", "evidence": "form 7"}"#;

/// Lists grants to the caller's institution, for what it holds by name, and those that it wrote down; the latest first,
/// at most 100.
#[utoipa::path(get, path = "/api/grants", tag = "grants",
    params(("before" = Option<String>, Query, description = "Only those before this grant")), responses(
    (status = 200, description = "Grants", body = [Grant]),
    (status = 400, description = "before is no key of a grant", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not allowed", body = crate::error::Problem)))]
pub(crate) async fn grants(
    State(state): State<WebState>,
    caller: Caller,
    before: Result<Before, WebError>,
) -> Result<Json<Vec<Grant>>, WebError> {
    let some = [Operation::Consent, Operation::Refer, Operation::Encounter];
    let permit = any(&caller, &some)?;
    let rows = state.grants.grants(&permit, before?.0).await?;
    let listed = rows.into_iter().map(|row| Grant::new(row, &state));
    listed.collect::<Result<_, _>>().map(Json)
}

/// Writes a grant down, in force from its beginning.
#[utoipa::path(post, path = "/api/grants", tag = "grants", request_body = GrantTold, responses(
    (status = 201, description = "In force", body = Grant),
    (status = 400, description = "Values cannot be used: each is named", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not allowed", body = crate::error::Problem)))]
pub(crate) async fn give(
    State(state): State<WebState>,
    caller: Caller,
    told: Result<Json<GrantTold>, JsonRejection>,
) -> Result<(StatusCode, Json<Grant>), WebError> {
    any(&caller, &[Operation::Consent, Operation::Refer])?;
    let told = body(told, TOLD)?;
    let basis = told.basis.parse::<Basis>();
    let basis = basis.map_err(|error| WebError::BadRequest(error.to_string()))?;
    let permit = caller.permit(grants::operation(basis))?;
    let given = NewGiven {
        basis,
        reader: institution("reader", &told.reader)?,
        categories: told.categories,
        terms: told.terms.read()?,
    };
    let row = state.grants.give(&permit, given).await?;
    Ok((StatusCode::CREATED, Json(Grant::new(row, &state)?)))
}

/// Ends a grant that the caller's institution wrote down; nothing is seen by it within five seconds.
#[utoipa::path(delete, path = "/api/grants/{grant}", tag = "grants",
    params(("grant" = String, Path, description = "Its key")), responses(
    (status = 204, description = "Ended"),
    (status = 400, description = "No key of a grant", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not allowed", body = crate::error::Problem),
    (status = 404, description = "Not found, or it has ended", body = crate::error::Problem)))]
pub(crate) async fn end(
    State(state): State<WebState>,
    caller: Caller,
    Path(grant): Path<String>,
) -> Result<StatusCode, WebError> {
    let some = [
        Operation::Consent,
        Operation::Refer,
        Operation::Encounter,
        Operation::Emergency,
    ];
    any(&caller, &some)?;
    let grant = key("grant", &grant)?;
    state.grants.end(caller.actor(), grant).await?;
    Ok(StatusCode::NO_CONTENT)
}
