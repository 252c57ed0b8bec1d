//! Whole objects: one, or those of a study or series, streamed one after the other.

use access::Permit;
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use database::Scope;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use model::TransferSyntax;
use retrieve::{Content, Instance};

use super::{
    asked::{Asked, located},
    negotiate::{self, Form, ObjectForm},
};
use crate::{
    WebError, WebState,
    accept::DICOM,
    boundary::boundary,
    conditional::EntityTag,
    multipart::{self, Part},
};

pub(super) const AVAILABLE: &str = "multipart/related; type=\"application/dicom\" with transfer-syntax \
    1.2.840.10008.1.2.1 where the stored one can be converted, or *; for one object also application/dicom";

/// Answers with the objects of `scope`.
pub(super) async fn answer(asked: &Asked, scope: &Scope) -> Result<Response, WebError> {
    let permit = asked.permit()?;
    let (state, accepted) = (&asked.state, asked.accepted());
    let unavailable = || WebError::NotAcceptable(AVAILABLE);
    negotiate::objects(&accepted, false).ok_or_else(unavailable)?;
    let instances = state.retrieve.instances(&permit, scope).await?;
    let there = instances.len();
    let form = negotiate::objects(&accepted, there > 1).ok_or_else(unavailable)?;
    let given = convertible(state, &form, instances);
    if given.is_empty() {
        return Err(unavailable());
    }
    let partial = given.len() < there;
    let mut response = match form.form {
        Form::Single => single(asked, &permit, given).await?,
        Form::Multipart => several(asked, permit, given).await?,
    };
    if partial && response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// An instance and the syntax to convert it to; none: as stored.
type Given = (Instance, Option<TransferSyntax>);

/// The instances that can be given as the client wants them (PS3.18 §10.4.3: 206 when some cannot).
fn convertible(state: &WebState, form: &ObjectForm, instances: Vec<Instance>) -> Vec<Given> {
    instances
        .into_iter()
        .filter_map(|instance| {
            let can_convert = |to: &TransferSyntax| state.retrieve.can_convert(&instance, to);
            let to = form.syntax(instance.transfer_syntax(), can_convert)?;
            Some((instance, to))
        })
        .collect()
}

async fn several(asked: &Asked, permit: Permit, given: Vec<Given>) -> Result<Response, WebError> {
    let names = given.iter().map(|(instance, to)| name(instance, to));
    let names: Vec<String> = names.collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let tag = EntityTag::weak(&[&["objects"], &names[..]].concat());
    let study = given[0].0.key().study.clone();
    let content_type = format!("multipart/related; type=\"{DICOM}\"");
    let without = asked.without_body(&permit, &study, &tag, &content_type);
    if let Some(response) = without.await? {
        return Ok(response);
    }
    let retrieve = asked.state.retrieve.clone();
    let address = asked.address();
    let parts = stream::iter(given).map(move |(instance, to)| {
        let (retrieve, permit) = (retrieve.clone(), permit.clone());
        let location = address.instance(instance.key());
        async move {
            let file = retrieve.file(&permit, &instance, to.as_ref()).await?;
            let content = file.whole().await?;
            Ok(Part {
                content_type: content_type_of(&instance, to.as_ref()),
                location: Some(location),
                length: Some(content.length),
                bytes: content.body.map_err(WebError::Retrieve).boxed(),
            })
        }
        .boxed()
    });
    let boundary = boundary(asked.state.secrets.as_ref());
    let mut response = multipart::respond(DICOM, boundary, parts).await?;
    tag.mark(&mut response);
    Ok(response)
}

/// One object as it is, and as a file to be saved.
async fn single(asked: &Asked, permit: &Permit, given: Vec<Given>) -> Result<Response, WebError> {
    let (instance, to) = given.into_iter().next().ok_or(WebError::Internal)?;
    object(asked, permit, &instance, to.as_ref()).await
}

/// One object as it is, in `to`; none: as stored.
pub(super) async fn object(
    asked: &Asked,
    permit: &Permit,
    instance: &Instance,
    to: Option<&TransferSyntax>,
) -> Result<Response, WebError> {
    let content_type = content_type_of(instance, to);
    let tag = EntityTag::strong(&["object", &name(instance, &to.cloned())]);
    let as_stored = to.is_none_or(|to| to == instance.transfer_syntax());
    let study = &instance.key().study;
    let without = asked
        .without_body(permit, study, &tag, &content_type)
        .await?;
    let mut response = match without {
        // What is as stored has a length that costs nothing to tell.
        Some(response) if !as_stored || response.status() == StatusCode::NOT_MODIFIED => response,
        Some(_) | None => {
            let file = asked.state.retrieve.file(permit, instance, to).await?;
            asked.bytes(file, &content_type, &tag).await?
        }
    };
    if response.status() != StatusCode::NOT_MODIFIED {
        let name = format!("attachment; filename=\"{}.dcm\"", instance.key().sop);
        let name = HeaderValue::from_str(&name).map_err(|_| WebError::Internal)?;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    located(&mut response, &asked.address().instance(instance.key()));
    Ok(response)
}

/// What the bytes of an object are made of.
fn name(instance: &Instance, to: &Option<TransferSyntax>) -> String {
    let to = to.as_ref().map_or("as stored", TransferSyntax::as_str);
    format!("{} {to}", instance.entity_tag())
}

/// A body; what ends it early is told.
pub(super) fn body(content: Content) -> Body {
    Body::from_stream(content.body.inspect_err(|error| {
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "a response ends early"
        );
    }))
}

fn content_type_of(instance: &Instance, to: Option<&TransferSyntax>) -> String {
    let syntax = to.unwrap_or(instance.transfer_syntax());
    format!("{DICOM}; transfer-syntax={syntax}")
}
