//! Storing objects: part by part into `ingest`, never a whole one in memory.

use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use ingest::Receiving;
use model::{Actor, Operation, Origin, Permit, Receiver, Uid};

use super::{
    body::{self, Objects},
    outcome::Outcome,
    reason,
};
use crate::{
    WebError, WebState, accept, address::Address, multipart::MultipartError, session::Caller,
};

/// The most objects of one request; the response names each.
const MOST_OBJECTS: usize = 100_000;

/// Stores objects of any studies.
#[utoipa::path(post, path = "/dicom-web/studies", tag = "STOW-RS",
    request_body(content_type = "multipart/related; type=\"application/dicom\"", content = Vec<u8>), responses(
    (status = 200, description = "All stored", content_type = "application/dicom+json", body = crate::openapi::DicomJson),
    (status = 202, description = "Some stored; FailedSOPSequence says which were not", content_type = "application/dicom+json", body = crate::openapi::DicomJson),
    (status = 400, description = "The body cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 409, description = "None stored", content_type = "application/dicom+json", body = crate::openapi::DicomJson),
    (status = 413, description = "The body is too long", body = crate::error::Problem),
    (status = 415, description = "The body is of a type that is not taken", body = crate::error::Problem)))]
pub(crate) async fn store(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<Vec<(String, String)>>,
    body: Body,
) -> Result<Response, WebError> {
    receive(&state, &caller, &headers, &query, body, None).await
}

/// Stores objects of one study; those of others are refused.
#[utoipa::path(post, path = "/dicom-web/studies/{study}", tag = "STOW-RS",
    params(("study" = String, Path, description = "Study Instance UID")),
    request_body(content_type = "multipart/related; type=\"application/dicom\"", content = Vec<u8>), responses(
    (status = 200, description = "All stored", content_type = "application/dicom+json", body = crate::openapi::DicomJson),
    (status = 202, description = "Some stored; FailedSOPSequence says which were not", content_type = "application/dicom+json", body = crate::openapi::DicomJson),
    (status = 400, description = "The body cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 409, description = "None stored", content_type = "application/dicom+json", body = crate::openapi::DicomJson),
    (status = 413, description = "The body is too long", body = crate::error::Problem),
    (status = 415, description = "The body is of a type that is not taken", body = crate::error::Problem)))]
pub(crate) async fn store_in_study(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path(study): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
    body: Body,
) -> Result<Response, WebError> {
    let study = Uid::new(&study)?;
    receive(&state, &caller, &headers, &query, body, Some(study)).await
}

async fn receive(
    state: &WebState,
    caller: &Caller,
    headers: &HeaderMap,
    query: &[(String, String)],
    body: Body,
    study: Option<Uid>,
) -> Result<Response, WebError> {
    let permit = caller.permit(Operation::Store)?;
    accept::json(headers, query)?;
    let mut objects = Objects::new(headers, body, state.settings.max_stow_bytes)?;
    let address = Address::new(state.settings.base_url.as_deref(), headers);
    let mut outcome = Outcome::default();
    while outcome.count() < MOST_OBJECTS {
        match objects.next().await {
            Ok(Some(true)) => {}
            Ok(Some(false)) => {
                outcome.failed(None, reason::CANNOT_UNDERSTAND);
                continue;
            }
            Ok(None) => break,
            Err(error) => return broken(state, outcome, &error, &address),
        }
        let receiving = begin(state, &permit, caller, study.clone());
        if let Err(error) = take(receiving, &mut objects, &mut outcome, &address).await {
            return broken(state, outcome, &error, &address);
        }
    }
    objects.drain().await;
    if outcome.count() == 0 {
        return Err(WebError::BadRequest("the body holds no object".into()));
    }
    outcome.respond(&address)
}

fn begin(
    state: &WebState,
    permit: &Permit,
    caller: &Caller,
    study: Option<Uid>,
) -> Result<Receiving, ingest::IngestError> {
    let origin = Origin {
        receiver: Receiver::Stow,
        source: match caller.actor() {
            Actor::User { name, .. } => name.clone(),
            other => other.label(),
        },
        called: None,
    };
    let receiving = state.ingest.receive_part10(permit, origin)?;
    Ok(match study {
        Some(study) => receiving.within_study(study),
        None => receiving,
    })
}

/// Moves one object from the body into the archive. An object that is refused is read to its end,
/// so that the next can be taken; an error is the body's.
async fn take(
    receiving: Result<Receiving, ingest::IngestError>,
    objects: &mut Objects,
    outcome: &mut Outcome,
    address: &Address,
) -> Result<(), MultipartError> {
    let mut receiving = match receiving {
        Ok(receiving) => receiving,
        Err(error) => {
            refuse(outcome, None, &error);
            return Ok(());
        }
    };
    loop {
        let chunk = match objects.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => break,
            Err(error) => {
                receiving.abort().await;
                return Err(error);
            }
        };
        if let Err(error) = receiving.write(chunk).await {
            refuse(outcome, receiving.identity(), &error);
            receiving.abort().await;
            return Ok(());
        }
    }
    let instance = receiving.identity();
    match receiving.finish().await {
        Ok(accepted) => outcome.stored(&accepted, address),
        Err(error) => refuse(outcome, instance, &error),
    }
    Ok(())
}

fn refuse(outcome: &mut Outcome, instance: Option<(Uid, Uid)>, error: &ingest::IngestError) {
    let sop = instance.as_ref().map(|(_, sop)| sop.to_string());
    tracing::warn!(
        error = error as &dyn std::error::Error,
        instance.uid = sop,
        "an object was refused"
    );
    outcome.failed(instance, reason::of(error));
}

/// A body that cannot be read on: what was stored before stays and is told; if nothing was, the
/// request as a whole is at fault.
fn broken(
    state: &WebState,
    mut outcome: Outcome,
    error: &MultipartError,
    address: &Address,
) -> Result<Response, WebError> {
    tracing::warn!(
        error = error as &dyn std::error::Error,
        "a store ended early"
    );
    if !outcome.has_stored() {
        return Err(body::fault(error, state.settings.max_stow_bytes));
    }
    outcome.incomplete();
    outcome.respond(address)
}
