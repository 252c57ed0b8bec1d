//! `/api/admin/entities`: which institution calls by which AE title, from where, and what it may do.

use axum::{
    Json,
    body::Bytes,
    extract::{
        Path, State,
        rejection::{BytesRejection, JsonRejection},
    },
    http::StatusCode,
};
use model::{AeTitle, Operation};
use registry::NewEntity;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    body,
    institutions::{Imported, id, registry},
};
use crate::{WebError, WebState, session::Caller};

/// An application entity of an institution.
#[derive(Serialize, ToSchema)]
pub(crate) struct Entity {
    /// The institution's id.
    institution: String,
    /// Its AE title, once in an institution.
    ae_title: String,
    /// Host name or address; `*`: it calls from anywhere, and cannot be reached.
    host: String,
    /// The port on which it is reached.
    port: u16,
    /// What it may do, as `store`.
    operations: Vec<&'static str>,
}

/// What is told of an application entity.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntityTold {
    /// Host name or address; `*`: it calls from anywhere, and cannot be reached.
    host: String,
    /// The port on which it is reached.
    port: u16,
    /// What it may do: `store`, `query`, `retrieve`, `delete`, `worklist`, `schedule`.
    operations: Vec<String>,
}

const TOLD: &str = r#"{"host": "10.0.0.7", "port": 104, "operations": ["store"]}"#;

/// Lists the application entities of all institutions; those of the configuration are not among them.
#[utoipa::path(get, path = "/api/admin/entities", tag = "administration", responses(
    (status = 200, description = "Application entities, by institution and title", body = [Entity]),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a system administrator of the archive's own institution", body = crate::error::Problem)))]
pub(crate) async fn entities(
    State(state): State<WebState>,
    caller: Caller,
) -> Result<Json<Vec<Entity>>, WebError> {
    let (registry, authority) = registry(&state, &caller)?;
    let known = registry.entities(&authority).await?;
    let listed = known.into_iter().map(|entity| Entity {
        institution: entity.institution.to_string(),
        ae_title: entity.ae_title.to_string(),
        host: entity.host,
        port: entity.port,
        operations: entity
            .operations
            .into_iter()
            .map(Operation::as_str)
            .collect(),
    });
    Ok(Json(listed.collect()))
}

/// Enters the application entities of a table, or changes them: all or none.
#[utoipa::path(post, path = "/api/admin/entities", tag = "administration",
    request_body(content = String, content_type = "text/csv", description = "First line: institution,ae_title,host,port,operations; UTF-8 or GB 18030"), responses(
    (status = 200, description = "Entered", body = Imported),
    (status = 400, description = "Values cannot be used: each is named by line and column, and nothing was entered", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a system administrator of the archive's own institution", body = crate::error::Problem),
    (status = 413, description = "The table is too long", body = crate::error::Problem)))]
pub(crate) async fn import_entities(
    State(state): State<WebState>,
    caller: Caller,
    table: Result<Bytes, BytesRejection>,
) -> Result<Json<Imported>, WebError> {
    let (registry, authority) = registry(&state, &caller)?;
    let rows = registry.import_entities(&authority, &table?).await?;
    Ok(Imported::new(rows))
}

/// Enters an application entity, or changes it.
#[utoipa::path(put, path = "/api/admin/entities/{institution}/{ae_title}", tag = "administration", request_body = EntityTold,
    params(("institution" = String, Path, description = "The institution's id"), ("ae_title" = String, Path, description = "The AE title")), responses(
    (status = 204, description = "Entered or changed"),
    (status = 400, description = "Values cannot be used: each is named", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a system administrator of the archive's own institution", body = crate::error::Problem)))]
pub(crate) async fn put_entity(
    State(state): State<WebState>,
    caller: Caller,
    Path((institution, ae_title)): Path<(String, String)>,
    told: Result<Json<EntityTold>, JsonRejection>,
) -> Result<StatusCode, WebError> {
    let (registry, authority) = registry(&state, &caller)?;
    let told = body(told, TOLD)?;
    let told = NewEntity {
        institution,
        ae_title,
        host: told.host,
        port: told.port,
        operations: told.operations,
    };
    registry.put_entity(&authority, told).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes an application entity away, in force within five seconds.
#[utoipa::path(delete, path = "/api/admin/entities/{institution}/{ae_title}", tag = "administration",
    params(("institution" = String, Path, description = "The institution's id"), ("ae_title" = String, Path, description = "The AE title")), responses(
    (status = 204, description = "Gone"),
    (status = 400, description = "The id or the title cannot be one", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a system administrator of the archive's own institution", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem)))]
pub(crate) async fn remove_entity(
    State(state): State<WebState>,
    caller: Caller,
    Path((institution, ae_title)): Path<(String, String)>,
) -> Result<StatusCode, WebError> {
    let (registry, authority) = registry(&state, &caller)?;
    let institution = id(&institution)?;
    let ae_title =
        AeTitle::new(&ae_title).map_err(|error| WebError::BadRequest(error.to_string()))?;
    registry
        .remove_entity(&authority, &institution, &ae_title)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
