//! Storing objects: part by part into `ingest`, never a whole one in memory (PS3.18 §10.5).

use access::{Actor, Permit};
use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use ingest::{IngestError, Receiving};
use model::{Operation, Origin, Receiver, TransferSyntax, Uid};

use super::{
    body::{self, Kind, Objects},
    described,
    outcome::Outcome,
    reason,
};
use crate::{
    WebError, WebState,
    address::Address,
    media::MediaType,
    multipart::{MultipartError, PartHead},
    notation::{self, Notation},
    session::Caller,
};

/// The most objects of one request; the response names each.
pub(super) const MOST_OBJECTS: usize = 100_000;

/// Stores objects of any studies.
#[utoipa::path(post, path = "/dicom-web/studies", tag = "STOW-RS",
    request_body(description = "Part 10 files, or DICOM JSON or XML with bulk data in parts of their own (type=\"application/dicom+json\", type=\"application/dicom+xml\"); Content-Encoding may be gzip, deflate or zstd", content_type = "multipart/related; type=\"application/dicom\"", content = Vec<u8>), responses(
    (status = 200, description = "All stored", content_type = "application/dicom+json", body = crate::openapi::DicomJson),
    (status = 202, description = "Some stored; FailedSOPSequence says which were not", content_type = "application/dicom+json", body = crate::openapi::DicomJson),
    (status = 400, description = "The body cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 409, description = "None stored", content_type = "application/dicom+json", body = crate::openapi::DicomJson),
    (status = 413, description = "The body is too long, or unpacks to too much", body = crate::error::Problem),
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
    request_body(description = "Part 10 files, or DICOM JSON or XML with bulk data in parts of their own (type=\"application/dicom+json\", type=\"application/dicom+xml\"); Content-Encoding may be gzip, deflate or zstd", content_type = "multipart/related; type=\"application/dicom\"", content = Vec<u8>), responses(
    (status = 200, description = "All stored", content_type = "application/dicom+json", body = crate::openapi::DicomJson),
    (status = 202, description = "Some stored; FailedSOPSequence says which were not", content_type = "application/dicom+json", body = crate::openapi::DicomJson),
    (status = 400, description = "The body cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 409, description = "None stored", content_type = "application/dicom+json", body = crate::openapi::DicomJson),
    (status = 413, description = "The body is too long, or unpacks to too much", body = crate::error::Problem),
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
    let notation = notation::of_one(headers, query)?;
    let mut objects = Objects::new(headers, body, &state.settings)?;
    let door = Door {
        state,
        permit: &permit,
        caller,
        address: Address::new(state.settings.base_url.as_deref(), headers),
        study,
        notation,
    };
    let mut outcome = Outcome::default();
    let first = match objects.next().await {
        Ok(first) => first,
        Err(error) => return door.broken(outcome, &error),
    };
    let of_first = |head: &PartHead| Kind::of(&MediaType::parse(&head.content_type)?.essence);
    let kind = objects
        .kind
        .or_else(|| first.as_ref().and_then(of_first))
        .unwrap_or(Kind::Part10);
    let done = match kind {
        Kind::Part10 => files(&door, &mut objects, first, &mut outcome).await,
        Kind::Json | Kind::Xml => {
            described::receive(&door, kind, &mut objects, first, &mut outcome).await?
        }
    };
    if let Err(error) = done {
        return door.broken(outcome, &error);
    }
    objects.drain().await;
    if outcome.count() == 0 {
        return Err(WebError::BadRequest("the body holds no object".into()));
    }
    outcome.respond(&door.address, notation)
}

/// Takes Part 10 files one after the other, as they come.
async fn files(
    door: &Door<'_>,
    objects: &mut Objects,
    first: Option<PartHead>,
    outcome: &mut Outcome,
) -> Result<(), MultipartError> {
    let mut next = first;
    while let Some(head) = next {
        if outcome.count() >= MOST_OBJECTS {
            // What is left is told as one: its sender sends it again.
            let comment = format!("a request takes {MOST_OBJECTS} objects; send these again");
            outcome.failed(None, reason::OUT_OF_RESOURCES, &comment);
            break;
        }
        // Some senders leave the type to the request's `type` parameter.
        let is_file = head.content_type.is_empty()
            || MediaType::parse(&head.content_type)
                .is_some_and(|media| Kind::of(&media.essence) == Some(Kind::Part10));
        if is_file {
            take(door, objects, outcome).await?;
        } else {
            outcome.failed(
                None,
                reason::CANNOT_UNDERSTAND,
                "the part is no application/dicom",
            );
        }
        next = objects.next().await?;
    }
    Ok(())
}

/// One request: who stores, where, and how it is answered.
pub(super) struct Door<'r> {
    pub(super) state: &'r WebState,
    permit: &'r Permit,
    caller: &'r Caller,
    pub(super) address: Address,
    study: Option<Uid>,
    notation: Notation,
}

impl Door<'_> {
    /// Begins an object: a Part 10 file, or a data set in `syntax`.
    pub(super) fn begin(&self, syntax: Option<TransferSyntax>) -> Result<Receiving, IngestError> {
        let origin = Origin {
            receiver: Receiver::Stow,
            source: match self.caller.actor() {
                Actor::User { name, .. } => name.clone(),
                other => other.label(),
            },
            called: None,
        };
        let ingest = &self.state.ingest;
        let receiving = match syntax {
            Some(syntax) => ingest.receive(self.permit, origin, syntax, None)?,
            None => ingest.receive_part10(self.permit, origin)?,
        };
        Ok(match &self.study {
            Some(study) => receiving.within_study(study.clone()),
            None => receiving,
        })
    }

    /// The path of the request.
    pub(super) fn path(&self) -> String {
        match &self.study {
            Some(study) => format!("/dicom-web/studies/{study}"),
            None => "/dicom-web/studies".to_owned(),
        }
    }

    /// A body that cannot be read on: what was stored before stays and is told; if nothing was, the
    /// request as a whole is at fault.
    fn broken(&self, mut outcome: Outcome, error: &MultipartError) -> Result<Response, WebError> {
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "a store ended early"
        );
        if !outcome.has_stored() {
            return Err(body::fault(error, self.state.settings.max_stow_bytes));
        }
        outcome.incomplete();
        outcome.respond(&self.address, self.notation)
    }
}

/// Moves one object from the body into the archive. An object that is refused is read to its end,
/// so that the next can be taken; an error is the body's.
async fn take(
    door: &Door<'_>,
    objects: &mut Objects,
    outcome: &mut Outcome,
) -> Result<(), MultipartError> {
    let mut receiving = match door.begin(None) {
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
        Ok(accepted) => outcome.stored(&accepted, &door.address),
        Err(error) => refuse(outcome, instance, &error),
    }
    Ok(())
}

pub(super) fn refuse(outcome: &mut Outcome, instance: Option<(Uid, Uid)>, error: &IngestError) {
    let sop = instance.as_ref().map(|(_, sop)| sop.to_string());
    tracing::warn!(
        error = error as &dyn std::error::Error,
        instance.uid = sop,
        "an object was refused"
    );
    outcome.failed(instance, reason::of(error), &reason::comment(error));
}
