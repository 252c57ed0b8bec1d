//! Subscribe, Unsubscribe, Suspend Worklist Subscription (PS3.18 §11.10–§11.12).

use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{
    AeTitle, Operation, Uid, Worklist,
    search::{Condition, Level},
};
use workitems::Target;

use super::failure::Failure;
use crate::{
    WebError, WebState, address::Address, error::Problem, qido::Parameters, session::Caller,
};

type Names = Path<(String, String)>;

/// Follows a workitem (by UID), the whole worklist (1.2.840.10008.5.1.4.34.5), or what of it matches a
/// filter (1.2.840.10008.5.1.4.34.5.1).
#[utoipa::path(post, path = "/dicom-web/workitems/{workitem}/subscribers/{ae_title}", tag = "UPS-RS", params(
    ("workitem" = String, Path, description = "SOP Instance UID, or a well-known UID"),
    ("ae_title" = String, Path, description = "AE title that event reports are for"),
    ("deletionlock" = Option<bool>, Query, description = "Keeps final workitems until unsubscribed"),
    ("filter" = Option<String>, Query, description = "Matching keys, comma-separated: `PatientID=P1,ProcedureStepState=SCHEDULED`")), responses(
    (status = 201, description = "Followed; Content-Location is the WebSocket of the event reports"),
    (status = 400, description = "A parameter cannot be read", body = Problem),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not allowed, or sent by another site", body = Problem),
    (status = 404, description = "No such workitem", body = Problem),
    (status = 410, description = "The workitem is no longer kept", body = Problem),
    (status = 503, description = "The database does not answer", body = Problem)))]
pub(crate) async fn subscribe(
    State(state): State<WebState>,
    caller: Caller,
    Path((workitem, ae_title)): Names,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let permit = caller.permit(Operation::Worklist)?;
    let subscriber = title(&ae_title)?;
    let target = target(&workitem, &query)?;
    let lock = query.iter().find(|(name, _)| name == "deletionlock");
    let lock = match lock.map(|(_, value)| value.as_str()) {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => {
            let text = "deletionlock: true or false expected";
            return Err(WebError::BadRequest(text.into()).into());
        }
    };
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let workitems = &state.workitems;
    let followed = workitems
        .subscribe(&permit, &target, &subscriber, lock)
        .await;
    followed.map_err(|error| Failure::of(error, &address, ""))?;
    let location = [(header::CONTENT_LOCATION, address.notifications(&subscriber))];
    Ok((StatusCode::CREATED, location).into_response())
}

/// Ends following a workitem; or, by a well-known UID, everything.
#[utoipa::path(delete, path = "/dicom-web/workitems/{workitem}/subscribers/{ae_title}", tag = "UPS-RS", params(
    ("workitem" = String, Path, description = "SOP Instance UID, or a well-known UID"),
    ("ae_title" = String, Path, description = "AE title that event reports are for")), responses(
    (status = 200, description = "Not followed any more"),
    (status = 400, description = "No UID or no AE title", body = Problem),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not allowed, or sent by another site", body = Problem),
    (status = 404, description = "No such workitem or subscription", body = Problem),
    (status = 410, description = "The workitem is no longer kept", body = Problem),
    (status = 503, description = "The database does not answer", body = Problem)))]
pub(crate) async fn unsubscribe(
    State(state): State<WebState>,
    caller: Caller,
    Path((workitem, ae_title)): Names,
    headers: HeaderMap,
) -> Result<StatusCode, Failure> {
    let permit = caller.permit(Operation::Worklist)?;
    let subscriber = title(&ae_title)?;
    let target = match Worklist::parse(&workitem) {
        Some(worklist) => Target::Worklist(worklist, Vec::new()),
        None => Target::Workitem(Uid::new(&workitem)?),
    };
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let ended = state
        .workitems
        .unsubscribe(&permit, &target, &subscriber)
        .await;
    ended.map_err(|error| Failure::of(error, &address, ""))?;
    Ok(StatusCode::OK)
}

/// Ends following what comes; what is followed already stays followed.
#[utoipa::path(post, path = "/dicom-web/workitems/{workitem}/subscribers/{ae_title}/suspend", tag = "UPS-RS", params(
    ("workitem" = String, Path, description = "A well-known UID"),
    ("ae_title" = String, Path, description = "AE title that event reports are for")), responses(
    (status = 200, description = "What comes is not followed"),
    (status = 400, description = "No well-known UID or no AE title", body = Problem),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 403, description = "Not allowed, or sent by another site", body = Problem),
    (status = 404, description = "No such subscription", body = Problem),
    (status = 503, description = "The database does not answer", body = Problem)))]
pub(crate) async fn suspend(
    State(state): State<WebState>,
    caller: Caller,
    Path((workitem, ae_title)): Names,
    headers: HeaderMap,
) -> Result<StatusCode, Failure> {
    let permit = caller.permit(Operation::Worklist)?;
    let subscriber = title(&ae_title)?;
    if Worklist::parse(&workitem).is_none() {
        let text = "only a subscription to a worklist is suspended: give its well-known UID";
        return Err(WebError::BadRequest(text.into()).into());
    }
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let ended = state.workitems.suspend(&permit, &subscriber).await;
    ended.map_err(|error| Failure::of(error, &address, ""))?;
    Ok(StatusCode::OK)
}

pub(super) fn title(text: &str) -> Result<AeTitle, WebError> {
    AeTitle::new(text).map_err(|error| WebError::BadRequest(error.to_string()))
}

fn target(workitem: &str, query: &[(String, String)]) -> Result<Target, Failure> {
    let bad = |text: &str| Failure::from(WebError::BadRequest(text.into()));
    let filter = query.iter().filter(|(name, _)| name == "filter");
    let filter: Vec<&str> = filter.map(|(_, value)| value.as_str()).collect();
    match Worklist::parse(workitem) {
        Some(Worklist::All) if filter.is_empty() => Ok(Target::Worklist(Worklist::All, Vec::new())),
        Some(Worklist::All) => Err(bad("a filter goes with 1.2.840.10008.5.1.4.34.5.1")),
        Some(Worklist::Filtered) => match conditions(&filter)? {
            none if none.is_empty() => Err(bad("filter: matching keys expected")),
            conditions => Ok(Target::Worklist(Worklist::Filtered, conditions)),
        },
        None => Ok(Target::Workitem(Uid::new(workitem)?)),
    }
}

/// `name=value` pairs between commas; a comma before what is no pair belongs to the value.
fn conditions(filters: &[&str]) -> Result<Vec<Condition>, WebError> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for piece in filters.iter().flat_map(|filter| filter.split(',')) {
        match (piece.split_once('='), pairs.last_mut()) {
            (Some((name, value)), _) => pairs.push((name.trim().into(), value.into())),
            (None, Some((_, value))) => {
                value.push(',');
                value.push_str(piece);
            }
            (None, None) => {
                let text = "filter: name=value expected";
                return Err(WebError::BadRequest(text.into()));
            }
        }
    }
    Ok(Parameters::read(Level::Study, &pairs)?.search.conditions)
}
