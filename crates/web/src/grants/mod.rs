//! `/api/grants`, `/api/encounters`, `/api/prohibitions`, `/api/emergencies`, `/api/studies`: who may see what another
//! institution holds, and why.

mod emergencies;
mod encounters;
mod given;
mod prohibitions;
mod studies;
mod terms;

pub(crate) use emergencies::{
    __path_break_glass, __path_emergencies, __path_review, break_glass, emergencies, review,
};
pub(crate) use encounters::{
    __path_close_encounter, __path_open_encounter, close_encounter, open_encounter,
};
pub(crate) use given::{__path_end, __path_give, __path_grants, end, give, grants};
pub(crate) use prohibitions::{
    __path_forbid, __path_lift, __path_prohibitions, forbid, lift, prohibitions,
};
pub(crate) use studies::{__path_basis, __path_categories, __path_mark, basis, categories, mark};

use access::Permit;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use model::{InstitutionId, Operation};
use ulid::Ulid;

use crate::{WebError, WebState, session::Caller};

/// Where a list goes on.
pub(crate) struct Before(Option<Ulid>);

impl FromRequestParts<WebState> for Before {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &WebState) -> Result<Self, WebError> {
        let unreadable = |_| WebError::BadRequest("the query cannot be read".into());
        let Query(query) =
            Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map_err(unreadable)?;
        let before = query.iter().find(|(name, _)| name == "before");
        let before = before.map(|(_, text)| key("before", text)).transpose()?;
        Ok(Self(before))
    }
}

/// A key that a client gave.
fn key(what: &str, text: &str) -> Result<Ulid, WebError> {
    Ulid::from_string(text)
        .map_err(|_| WebError::BadRequest(format!("{what}: {text:?} is no ULID")))
}

/// An institution that a client named.
fn institution(what: &str, text: &str) -> Result<InstitutionId, WebError> {
    InstitutionId::new(text).map_err(|error| WebError::BadRequest(format!("{what}: {error}")))
}

/// A permit for one of several operations.
fn any(caller: &Caller, operations: &[Operation]) -> Result<Permit, WebError> {
    let mut refused = None;
    for operation in operations {
        match caller.permit(*operation) {
            Ok(permit) => return Ok(permit),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Err(refused.unwrap_or(WebError::Internal))
}
