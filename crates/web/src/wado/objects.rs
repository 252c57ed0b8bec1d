//! Whole objects: one, or those of a study or series, streamed one after the other.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use database::Scope;
use futures::{FutureExt, StreamExt, TryStreamExt, stream};
use model::{Operation, Permit, TransferSyntax};
use retrieve::{Content, Instance};

use super::negotiate::{self, Form, ObjectForm};
use crate::{
    WebError, WebState,
    accept::{self, DICOM},
    address::Address,
    boundary::boundary,
    multipart::{self, Part},
    session::Caller,
};

const AVAILABLE: &str = "multipart/related; type=\"application/dicom\" with transfer-syntax \
    1.2.840.10008.1.2.1 where the stored one can be converted, or *; for one object also application/dicom";

/// Answers with the objects of `scope`.
pub(super) async fn answer(
    state: &WebState,
    caller: &Caller,
    headers: &HeaderMap,
    query: &[(String, String)],
    scope: &Scope,
) -> Result<Response, WebError> {
    let permit = caller.permit(Operation::Retrieve)?;
    let form = negotiate::objects(&accept::ranges(headers, query))
        .ok_or(WebError::NotAcceptable(AVAILABLE))?;
    let instances = state.retrieve.instances(&permit, scope).await?;
    let there = instances.len();
    let given = convertible(state, &form, instances);
    if given.is_empty() || form.form == Form::Single && there > 1 {
        return Err(WebError::NotAcceptable(AVAILABLE));
    }
    let partial = given.len() < there;
    let address = Address::new(state.settings.base_url.as_deref(), headers);
    let mut response = match form.form {
        Form::Single => single(state, &permit, given).await?,
        Form::Multipart => several(state, permit, given, address).await?,
    };
    if partial {
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

async fn several(
    state: &WebState,
    permit: Permit,
    given: Vec<Given>,
    address: Address,
) -> Result<Response, WebError> {
    let retrieve = state.retrieve.clone();
    let parts = stream::iter(given).map(move |(instance, to)| {
        let (retrieve, permit) = (retrieve.clone(), permit.clone());
        let location = address.instance(instance.key());
        async move {
            let content = retrieve.part10(&permit, &instance, to.as_ref()).await?;
            Ok(Part {
                content_type: content_type(&instance, to.as_ref()),
                location: Some(location),
                length: Some(content.length),
                bytes: content.body.map_err(WebError::Retrieve).boxed(),
            })
        }
        .boxed()
    });
    multipart::respond(DICOM, boundary(state.secrets.as_ref()), parts).await
}

async fn single(
    state: &WebState,
    permit: &Permit,
    given: Vec<Given>,
) -> Result<Response, WebError> {
    let (instance, to) = given.into_iter().next().ok_or(WebError::Internal)?;
    let content = state
        .retrieve
        .part10(permit, &instance, to.as_ref())
        .await?;
    let mut response = whole(content, &content_type(&instance, to.as_ref()))?;
    let name = format!("attachment; filename=\"{}.dcm\"", instance.key().sop);
    let name = HeaderValue::from_str(&name).map_err(|_| WebError::Internal)?;
    response
        .headers_mut()
        .insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// A body of one resource, its length told.
pub(super) fn whole(content: Content, content_type: &str) -> Result<Response, WebError> {
    let bytes = content.body.inspect_err(|error| {
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "a response ends early"
        );
    });
    let mut response = Response::new(Body::from_stream(bytes));
    let value = HeaderValue::from_str(content_type).map_err(|_| WebError::Internal)?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, value);
    headers.insert(header::CONTENT_LENGTH, content.length.into());
    Ok(response)
}

fn content_type(instance: &Instance, to: Option<&TransferSyntax>) -> String {
    let syntax = to.unwrap_or(instance.transfer_syntax());
    format!("{DICOM}; transfer-syntax={syntax}")
}
