//! `GET /api/changes`: what became of the institution's holdings, in order.

use axum::{
    Json,
    extract::{Query, State},
};
use database::changes::{ChangePage, NumberedChange};
use model::Operation;
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::time::{Instant, sleep};
use utoipa::{IntoParams, ToSchema};

use crate::{WebError, WebState, session::Caller};

/// Which changes.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// The number of the last change that the reader knows; 0: none.
    #[serde(default)]
    after: u64,
    /// At most so many changes.
    limit: Option<u32>,
    /// Seconds to wait for a change where there is none yet.
    #[serde(default)]
    wait: u32,
}

/// Changes after a number.
#[derive(Serialize, ToSchema)]
pub(crate) struct Feed {
    /// When number 1 was given. Where this is another moment than before, the index was made anew and
    /// counts anew: read from 0. Null: nothing changed yet.
    began: Option<String>,
    /// The number of the last change.
    last: u64,
    /// Changes in order, no number missing.
    changes: Vec<Change>,
}

/// A change.
#[derive(Serialize, ToSchema)]
pub(crate) struct Change {
    /// 1, 2, 3 … of the institution.
    number: u64,
    /// `stored`: a version that is shown, also one that was rejected and is restored; `kept`: a
    /// version that is kept and not shown; `rejected`: a version that is shown no longer (IHE IOCM);
    /// `deleted`. `restored`, besides `stored`, was told by earlier releases.
    kind: &'static str,
    /// The institution.
    institution: String,
    /// Study Instance UID.
    study: String,
    /// Series Instance UID.
    series: String,
    /// SOP Instance UID.
    instance: String,
    /// When (RFC 3339).
    at: String,
}

/// Reads changes of the institution's holdings: UIDs, and nothing that tells a patient.
#[utoipa::path(get, path = "/api/changes", tag = "changes", params(Asked), responses(
    (status = 200, description = "Changes in order", body = Feed),
    (status = 400, description = "A parameter cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 410, description = "The number was never given, or what follows it is no longer kept: compare everything, then go on from `last` of an answer to after=0 or of the message", body = crate::error::Problem)))]
pub(crate) async fn changes(
    State(state): State<WebState>,
    caller: Caller,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Feed>, WebError> {
    let Query(asked) = asked.map_err(|_| {
        WebError::BadRequest("the parameters are after, limit and wait: whole numbers".into())
    })?;
    if asked.limit == Some(0) {
        return Err(WebError::BadRequest("limit is 1 or more".into()));
    }
    if i64::try_from(asked.after).is_err() {
        return Err(WebError::BadRequest("after is too large".into()));
    }
    let permit = caller.permit(Operation::Query)?;
    let settings = &state.settings.changes;
    let limit = asked.limit.unwrap_or(u32::MAX).min(settings.page);
    let wait = std::time::Duration::from_secs(asked.wait.into()).min(settings.wait);
    let until = Instant::now() + wait;
    loop {
        let page = state.query.changes(&permit, asked.after, limit).await?;
        let is_empty = page.changes.as_ref().is_some_and(Vec::is_empty);
        if !is_empty || Instant::now() >= until {
            return feed(page, asked.after).map(Json);
        }
        sleep(settings.poll).await;
    }
}

fn feed(page: ChangePage, after: u64) -> Result<Feed, WebError> {
    let last = page.last;
    let changes = page.changes.ok_or(WebError::ChangesGone { after, last })?;
    let began = page.began.map(text).transpose()?;
    let changes = changes.into_iter().map(change).collect::<Result<_, _>>()?;
    Ok(Feed {
        began,
        last,
        changes,
    })
}

fn change(change: NumberedChange) -> Result<Change, WebError> {
    Ok(Change {
        number: change.number,
        kind: change.kind.as_str(),
        institution: change.instance.institution.to_string(),
        study: change.instance.study.to_string(),
        series: change.instance.series.to_string(),
        instance: change.instance.sop.to_string(),
        at: text(change.at)?,
    })
}

fn text(at: OffsetDateTime) -> Result<String, WebError> {
    at.format(&Rfc3339).map_err(|_| WebError::Internal)
}
