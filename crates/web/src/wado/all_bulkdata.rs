//! Retrieving all bulk data of a study, a series or an instance (PS3.18 §10.4.1.1.5).

use std::{collections::HashMap, sync::Arc};

use access::Permit;
use axum::{extract::Path, http::StatusCode, response::Response};
use database::Scope;
use dataset::json::JsonObject;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use model::Uid;
use retrieve::{Instance, Retrieve, RetrieveError, Values};
use serde_json::Value;
use tokio::sync::OnceCell;

use super::{asked::Asked, bulkdata::PIXEL_DATA, scope};
use crate::{
    WebError,
    accept::{OCTETS, Offer},
    address::Address,
    boundary::boundary,
    conditional::EntityTag,
    multipart::{self, Opened, Part},
};

const AVAILABLE: &str = "multipart/related; type=\"application/octet-stream\"";

/// Retrieves the bulk data of a study: every value that its metadata names, little endian.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/bulkdata", tag = "WADO-RS",
    params(("study" = String, Path, description = "Study Instance UID")), responses(Answers))]
pub(crate) async fn of_study(
    asked: Asked,
    Path(study): Path<String>,
) -> Result<Response, WebError> {
    answer(&asked, &scope::study(&study)?).await
}

/// Retrieves the bulk data of a series.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/bulkdata", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID")), responses(Answers))]
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
    ("instance" = String, Path, description = "SOP Instance UID")), responses(Answers))]
pub(crate) async fn of_instance(
    asked: Asked,
    Path((study, series, sop)): Path<(String, String, String)>,
) -> Result<Response, WebError> {
    answer(&asked, &scope::instance(&study, &series, &sop)?).await
}

/// What is answered at each level.
#[derive(utoipa::IntoResponses)]
#[expect(dead_code, reason = "a description, never a value")]
pub(crate) enum Answers {
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

/// An instance, whose header is read with the first of its values.
struct Held {
    instance: Instance,
    values: OnceCell<Values>,
}

/// A value: its instance, and the path that metadata gives it.
type Named = (Arc<Held>, String);

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
    let parts = stream::iter([Ok(first)]).chain(values);
    let mut parts = Box::pin(parts.filter_map(move |named| {
        let (retrieve, permit, address) = (retrieve.clone(), permit.clone(), address.clone());
        async move {
            let part = match named {
                Ok(named) => part(&retrieve, &permit, &address, &named)
                    .await
                    .transpose()?,
                Err(error) => Err(error),
            };
            Some(async { part }.boxed() as Opened)
        }
    }));
    let first = parts.next().await.ok_or_else(unavailable)?;
    let parts = stream::iter([first]).chain(parts);
    let boundary = boundary(asked.state.secrets.as_ref());
    let mut response = multipart::respond(OCTETS, boundary, parts).await?;
    if has_closed {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    tag.mark(&mut response);
    Ok(response)
}

/// A value as a part; none of an icon's pixels that cannot be decoded, which only trying tells.
async fn part(
    retrieve: &Retrieve,
    permit: &Permit,
    address: &Address,
    (held, path): &Named,
) -> Result<Option<Part>, WebError> {
    let (instance, values) = (&held.instance, &held.values);
    let values = values.get_or_try_init(|| retrieve.values(permit, instance));
    let bulk = match values.await?.value(path).await {
        Err(RetrieveError::NotConvertible { .. }) if path != PIXEL_DATA => return Ok(None),
        bulk => bulk?,
    };
    let content = bulk.value.whole().await?;
    let base = address.instance(instance.key());
    Ok(Some(Part {
        content_type: OCTETS.into(),
        location: Some(format!("{base}/bulkdata/{path}")),
        length: Some(content.length),
        bytes: content.body.map_err(WebError::Retrieve).boxed(),
    }))
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
    let of: HashMap<Uid, (Instance, bool)> = instances
        .into_iter()
        .map(|one| {
            let (sop, closed) = (one.key().sop.clone(), is_closed(asked, &one));
            (sop, (one, closed))
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
            own.retain(|path| !(*closed && path.ends_with(PIXEL_DATA)));
            let held = Arc::new(Held {
                instance: instance.clone(),
                values: OnceCell::new(),
            });
            found.extend(own.into_iter().map(|path| Ok((Arc::clone(&held), path))));
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
