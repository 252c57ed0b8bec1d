//! Retrieving all bulk data of a study, a series or an instance (PS3.18 §10.4.1.1.5).

use std::{collections::HashMap, sync::Arc};

use axum::{extract::Path, http::StatusCode, response::Response};
use database::Scope;
use dataset::json::JsonObject;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use model::{Permit, Uid};
use retrieve::Instance;
use serde_json::Value;

use super::{asked::Asked, bulkdata::PIXEL_DATA, scope};
use crate::{
    WebError,
    accept::{OCTETS, Offer},
    boundary::boundary,
    conditional::EntityTag,
    multipart::{self, Opened, Part},
};

const AVAILABLE: &str = "multipart/related; type=\"application/octet-stream\"";

/// Retrieves the bulk data of a study: every value that its metadata names, little endian.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/bulkdata", tag = "WADO-RS",
    params(("study" = String, Path, description = "Study Instance UID")), responses(Values))]
pub(crate) async fn of_study(
    asked: Asked,
    Path(study): Path<String>,
) -> Result<Response, WebError> {
    answer(&asked, &scope::study(&study)?).await
}

/// Retrieves the bulk data of a series.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/bulkdata", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID")), responses(Values))]
pub(crate) async fn of_series(
    asked: Asked,
    Path((study, series)): Path<(String, String)>,
) -> Result<Response, WebError> {
    answer(&asked, &scope::series(&study, &series)?).await
}

/// Retrieves the bulk data of an instance.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/bulkdata", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID")), responses(Values))]
pub(crate) async fn of_instance(
    asked: Asked,
    Path((study, series, sop)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    answer(&asked, &scope::instance(&study, &series, &sop)?).await
}

/// What is answered at each level.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "a description, never a value")]
pub(crate) enum Values {
    /// The values, a part each; Content-Location is the BulkDataURI of the metadata.
    #[response(
        status = 200,
        content_type = "multipart/related; type=\"application/octet-stream\""
    )]
    All(Vec<u8>),
    /// Those but pixel data that cannot be decoded.
    #[response(
        status = 206,
        content_type = "multipart/related; type=\"application/octet-stream\""
    )]
    Some(Vec<u8>),
    /// The client has them.
    #[response(status = 304)]
    Had,
    /// Not found, or without bulk data.
    #[response(status = 404)]
    Nothing(crate::error::Problem),
    /// Nothing acceptable.
    #[response(status = 406)]
    NotAcceptable(crate::error::Problem),
}

/// A value: its instance, and the path that metadata gives it.
type Named = (Arc<Instance>, String);

async fn answer(asked: &Asked, scope: &Scope) -> Result<Response, WebError> {
    let permit = asked.permit()?;
    let unavailable = || WebError::NotAcceptable(AVAILABLE);
    let offers = [Offer::multipart(OCTETS)];
    asked
        .accepted()
        .preferred(&offers)
        .ok_or_else(unavailable)?;
    let retrieve = asked.state.retrieve.clone();
    let instances = retrieve.instances(&permit, scope).await?;
    let tags: Vec<String> = instances.iter().map(Instance::entity_tag).collect();
    let tags = tags.iter().map(String::as_str);
    let tag = EntityTag::weak(
        &["all bulk data"]
            .into_iter()
            .chain(tags)
            .collect::<Vec<_>>(),
    );
    let has_closed = instances.iter().any(|one| is_closed(asked, one));
    let mut values = Box::pin(values(asked, &permit, scope, instances).await?);
    let first = values.try_next().await?;
    let first = first.ok_or_else(|| match has_closed {
        true => unavailable(),
        false => WebError::NotFound("bulk data"),
    })?;
    // HEAD has the status that GET has.
    let without = asked.without_body(&permit, &scope.study, &tag, AVAILABLE);
    if let Some(mut response) = without.await? {
        if has_closed && response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        }
        return Ok(response);
    }
    let address = asked.address();
    let parts = stream::iter([Ok(first)]).chain(values).map(move |named| {
        let (retrieve, permit, address) = (retrieve.clone(), permit.clone(), address.clone());
        let opened: Opened = async move {
            let (instance, path): Named = named?;
            let bulk = retrieve.bulkdata(&permit, &instance, &path).await?;
            let content = bulk.value.whole().await?;
            let base = address.instance(instance.key());
            Ok(Part {
                content_type: OCTETS.into(),
                location: Some(format!("{base}/bulkdata/{path}")),
                length: Some(content.length),
                bytes: content.body.map_err(WebError::Retrieve).boxed(),
            })
        }
        .boxed();
        opened
    });
    let boundary = boundary(asked.state.secrets.as_ref());
    let mut response = multipart::respond(OCTETS, boundary, parts).await?;
    if has_closed {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    tag.mark(&mut response);
    Ok(response)
}

/// Whether the pixels of an instance leave only as they are stored.
fn is_closed(asked: &Asked, instance: &Instance) -> bool {
    instance.is_encapsulated() && !asked.decodes(instance)
}

/// What the metadata of the instances names, read a page of headers at a time.
async fn values(
    asked: &Asked,
    permit: &Permit,
    scope: &Scope,
    instances: Vec<Instance>,
) -> Result<impl stream::Stream<Item = Result<Named, WebError>> + Send + use<>, WebError> {
    let headers = asked.state.retrieve.metadata(permit, scope).await?;
    let of: HashMap<Uid, (Arc<Instance>, bool)> = instances
        .into_iter()
        .map(|one| {
            let (sop, closed) = (one.key().sop.clone(), is_closed(asked, &one));
            (sop, (Arc::new(one), closed))
        })
        .collect();
    let named = headers.map_err(WebError::Retrieve).map_ok(move |header| {
        let sop = header
            .get("00080018")
            .and_then(|sop| sop["Value"][0].as_str());
        // One that came after the list was read is not in the answer.
        let instance = sop.and_then(|sop| of.get(&Uid::new(sop).ok()?));
        let mut found = Vec::new();
        if let Some((instance, closed)) = instance {
            let mut own = Vec::new();
            paths(&header, &mut own);
            own.retain(|path| !(*closed && path == PIXEL_DATA));
            found.extend(own.into_iter().map(|path| Ok((instance.clone(), path))));
        }
        stream::iter(found)
    });
    Ok(named.try_flatten())
}

/// The paths that a header names values by, in sequences too.
fn paths(dataset: &JsonObject, found: &mut Vec<String>) {
    for element in dataset.values() {
        let uri = element.get("BulkDataURI").and_then(Value::as_str);
        let path = uri.and_then(|uri| uri.strip_prefix("bulkdata/"));
        found.extend(path.map(str::to_owned));
        let values = element.get("Value").and_then(Value::as_array);
        for item in values.into_iter().flatten().filter_map(Value::as_object) {
            paths(item, found);
        }
    }
}
