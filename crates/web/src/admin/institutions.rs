//! `/api/admin/institutions`: who takes part, and where each stands.

use access::{Administration, Authority};
use accounts::Accounts;
use axum::{
    Json,
    body::Bytes,
    extract::{
        Path, State,
        rejection::{BytesRejection, JsonRejection},
    },
    http::StatusCode,
};
use model::{InstitutionId, Standing};
use registry::{NewInstitution, Registry};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{OneTimePassword, body, text};
use crate::{WebError, WebState, session::Caller};

/// An institution.
#[derive(Serialize, ToSchema)]
pub(crate) struct Institution {
    /// First part of every key.
    id: String,
    /// Unified social credit code (GB 32100); null for those that the configuration names.
    credit_code: Option<String>,
    /// Its name.
    name: String,
    /// Where it is: six digits of GB/T 2260.
    region: String,
    /// Which of its campuses (院区).
    campus: String,
    /// Its level, as 三级甲等.
    level: String,
    /// Whose it is, as 公立.
    ownership: String,
    /// `pending`, `testing`, `active`, `suspended` or `retired`.
    standing: &'static str,
    /// When it was entered (RFC 3339).
    entered: String,
}

/// What is told of an institution.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InstitutionTold {
    /// Unified social credit code (GB 32100).
    credit_code: String,
    /// Its name.
    name: String,
    /// Where it is: six digits of GB/T 2260.
    region: String,
    /// Which of its campuses (院区).
    #[serde(default)]
    campus: String,
    /// Its level, as 三级甲等.
    #[serde(default)]
    level: String,
    /// Whose it is, as 公立.
    #[serde(default)]
    ownership: String,
}

/// Where an institution is to stand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StandingWanted {
    /// `testing`, `active`, `suspended` or `retired`.
    standing: String,
}

/// What came of a table.
#[derive(Serialize, ToSchema)]
pub(crate) struct Imported {
    /// Rows that were entered or changed: all.
    rows: usize,
}

impl Imported {
    pub(super) fn new(rows: usize) -> Json<Self> {
        Json(Self { rows })
    }
}

const TOLD: &str =
    r#"{"credit_code": "123502004266007916", "name": "市第一医院", "region": "350200"}"#;
const STANDING: &str = r#"{"standing": "active"}"#;

/// The registry, and the caller's authority over it.
pub(super) fn registry(
    state: &WebState,
    caller: &Caller,
) -> Result<(Registry, Authority), WebError> {
    let authority = access::administer(caller.actor(), Administration::Institutions)?;
    authority.require_at(&state.settings.institution)?;
    let registry = Registry::new(state.database.clone(), state.settings.institution.clone());
    Ok((registry, authority))
}

/// An id that a client gave.
pub(super) fn id(text: &str) -> Result<InstitutionId, WebError> {
    InstitutionId::new(text).map_err(|error| WebError::BadRequest(error.to_string()))
}

/// Lists the institutions.
#[utoipa::path(get, path = "/api/admin/institutions", tag = "administration", responses(
    (status = 200, description = "Institutions, by id", body = [Institution]),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a system administrator of the archive's own institution", body = crate::error::Problem)))]
pub(crate) async fn institutions(
    State(state): State<WebState>,
    caller: Caller,
) -> Result<Json<Vec<Institution>>, WebError> {
    let (registry, authority) = registry(&state, &caller)?;
    let known = registry.institutions(&authority).await?;
    let listed = known.into_iter().map(|institution| {
        let details = institution.details;
        Ok(Institution {
            id: details.id.to_string(),
            credit_code: details.credit_code.map(|code| code.to_string()),
            name: details.name,
            region: details.region,
            campus: details.campus,
            level: details.level,
            ownership: details.ownership,
            standing: institution.standing.as_str(),
            entered: text(institution.entered)?,
        })
    });
    listed.collect::<Result<_, _>>().map(Json)
}

/// Enters the institutions of a table, or changes what is told of them: all or none.
#[utoipa::path(post, path = "/api/admin/institutions", tag = "administration",
    request_body(content = String, content_type = "text/csv", description = "First line: id,credit_code,name,region and, where wanted, campus,level,ownership; UTF-8 or GB 18030"), responses(
    (status = 200, description = "Entered; new ones are pending", body = Imported),
    (status = 400, description = "Values cannot be used: each is named by line and column, and nothing was entered", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a system administrator of the archive's own institution", body = crate::error::Problem),
    (status = 413, description = "The table is too long", body = crate::error::Problem)))]
pub(crate) async fn import_institutions(
    State(state): State<WebState>,
    caller: Caller,
    table: Result<Bytes, BytesRejection>,
) -> Result<Json<Imported>, WebError> {
    let (registry, authority) = registry(&state, &caller)?;
    let rows = registry.import_institutions(&authority, &table?).await?;
    Ok(Imported::new(rows))
}

/// Enters an institution, pending, or changes what is told of it.
#[utoipa::path(put, path = "/api/admin/institutions/{institution}", tag = "administration", request_body = InstitutionTold,
    params(("institution" = String, Path, description = "Its id")), responses(
    (status = 204, description = "Entered or changed"),
    (status = 400, description = "Values cannot be used: each is named", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a system administrator of the archive's own institution", body = crate::error::Problem)))]
pub(crate) async fn put_institution(
    State(state): State<WebState>,
    caller: Caller,
    Path(institution): Path<String>,
    told: Result<Json<InstitutionTold>, JsonRejection>,
) -> Result<StatusCode, WebError> {
    let (registry, authority) = registry(&state, &caller)?;
    let told = body(told, TOLD)?;
    let told = NewInstitution {
        id: institution,
        credit_code: told.credit_code,
        name: told.name,
        region: told.region,
        campus: told.campus,
        level: told.level,
        ownership: told.ownership,
    };
    registry.put_institution(&authority, told).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Moves an institution to another standing, in force at the next request of its people and programs, and within
/// five seconds on the associations of its application entities.
#[utoipa::path(put, path = "/api/admin/institutions/{institution}/standing", tag = "administration", request_body = StandingWanted,
    params(("institution" = String, Path, description = "Its id")), responses(
    (status = 204, description = "In force"),
    (status = 400, description = "No such standing", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a system administrator of the archive's own institution", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 409, description = "Its standing does not lead there", body = crate::error::Problem)))]
pub(crate) async fn set_standing(
    State(state): State<WebState>,
    caller: Caller,
    Path(institution): Path<String>,
    wanted: Result<Json<StandingWanted>, JsonRejection>,
) -> Result<StatusCode, WebError> {
    let (registry, authority) = registry(&state, &caller)?;
    let wanted = body(wanted, STANDING)?.standing.parse::<Standing>();
    let wanted = wanted.map_err(|error| WebError::BadRequest(error.to_string()))?;
    let institution = id(&institution)?;
    registry
        .set_standing(&authority, &institution, wanted)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes the first account of another institution: `admin`, who keeps its accounts.
#[utoipa::path(post, path = "/api/admin/institutions/{institution}/administrator", tag = "administration",
    params(("institution" = String, Path, description = "Its id")), responses(
    (status = 201, description = "Made; the password is told only now", body = OneTimePassword),
    (status = 400, description = "The id cannot be one", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a security administrator of the archive's own institution", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 409, description = "It has accounts already", body = crate::error::Problem)))]
pub(crate) async fn make_administrator(
    State(state): State<WebState>,
    caller: Caller,
    Path(institution): Path<String>,
) -> Result<(StatusCode, Json<OneTimePassword>), WebError> {
    let authority = access::administer(caller.actor(), Administration::Accounts)?;
    let accounts = Accounts::new(state.database.clone(), state.secrets.clone());
    let (home, of) = (&state.settings.institution, id(&institution)?);
    let one_time_password = accounts.make_first_of(&authority, home, &of).await?;
    let made = OneTimePassword {
        name: "admin".into(),
        one_time_password,
    };
    Ok((StatusCode::CREATED, Json(made)))
}
