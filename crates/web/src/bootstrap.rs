//! What a viewer needs to open a study, in one request: its series, and the metadata of the one that is
//! shown first.

use axum::{
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use model::{
    Operation, Uid,
    search::{Level, Search},
};
use retrieve::{Envelope, Scope};
use serde_json::{Map, Value, json};

use crate::{
    WebError, WebState,
    address::Address,
    session::Caller,
    whole::{self, coding},
};

/// Modalities that have no picture to show first: reports, presentation states, key objects,
/// segmentations and the like (PS3.3 §C.7.3.1.1.1).
const WITHOUT_IMAGES: [&str; 17] = [
    "AU", "DOC", "ECG", "EPS", "FID", "HD", "KO", "PLAN", "PR", "REG", "RESP", "RTPLAN",
    "RTRECORD", "RTSTRUCT", "RWV", "SEG", "SR",
];

/// Opens a study: `study` its attributes, `series` all its series, those with images first, by number (both as
/// QIDO-RS returns them, every attribute included), `shown` the UID of the series that is shown first, `metadata` that
/// series' metadata as WADO-RS returns it; null where it is too long for one answer, and is asked for on
/// its own.
#[utoipa::path(get, path = "/api/studies/{study}/bootstrap", tag = "viewer", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = Option<String>, Query, description = "The series to show first; none: the first that has images")),
    responses(
    (status = 200, description = "`{\"study\": {…}, \"series\": [{…}], \"shown\": \"UID\", \"metadata\": [{…}]}`", content_type = "application/json", body = Object),
    (status = 304, description = "The client has it"),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem)))]
pub(crate) async fn bootstrap(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path(study): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let study = Uid::new(&study)?;
    let asked = query.iter().find(|(name, _)| name == "series");
    let asked = asked.map(|(_, series)| Uid::new(series)).transpose()?;
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let (of_study, series) = series(&state, &caller, &study).await?;
    let shown = first(&series, asked.as_ref()).ok_or(WebError::NotFound("study"))?;
    let list: Vec<Value> = series
        .into_iter()
        .map(|series| linked(series, &study, &address))
        .collect();
    let before = format!(
        "{{\"study\":{},\"series\":{},\"shown\":{},\"metadata\":",
        Value::Object(of_study),
        Value::Array(list),
        Value::from(shown.as_str()),
    );
    let permit = caller.permit(Operation::Retrieve)?;
    let scope = Scope {
        study,
        series: Some(shown),
        sop: None,
    };
    if let Some(metadata) = state.retrieve.whole_metadata(&permit, &scope).await? {
        let envelope = Envelope {
            before: before.clone(),
            after: "}".into(),
            service: address.service(),
            coding: coding(&headers),
        };
        let kind = "application/json";
        let answer = whole::answer(&state, &headers, &metadata, &envelope, kind).await?;
        if let Some(answer) = answer {
            return Ok(answer);
        }
    }
    let kind = [(axum::http::header::CONTENT_TYPE, "application/json")];
    Ok((kind, format!("{before}null}}")).into_response())
}

/// A study's attributes, and its series as viewers list them.
async fn series(
    state: &WebState,
    caller: &Caller,
    study: &Uid,
) -> Result<(Map<String, Value>, Vec<Map<String, Value>>), WebError> {
    let permit = caller.permit(Operation::Query)?;
    caller.permit(Operation::Retrieve)?;
    let search = |level| Search {
        study: Some(study.clone()),
        ..Search::at(level)
    };
    let mut of_study = state.query.search(&permit, &search(Level::Study)).await?;
    let of_study = of_study.records.pop().ok_or(WebError::NotFound("study"))?;
    let found = state.query.search(&permit, &search(Level::Series)).await?;
    let mut series = found.records;
    for one in &mut series {
        one.retain(|tag, _| !of_study.contains_key(tag) || OF_BOTH.contains(&tag.as_str()));
    }
    series.sort_by_cached_key(|series| {
        let modality = text(series, "00080060").unwrap_or_default();
        let without_images = WITHOUT_IMAGES.contains(&modality);
        let uid = text(series, "0020000E").unwrap_or_default().to_owned();
        (without_images, number(series).unwrap_or(i64::MAX), uid)
    });
    Ok((of_study, series))
}

/// What a series says for itself, though its study has it too.
const OF_BOTH: [&str; 4] = ["00080005", "00080056", "0020000D", "00083002"];

fn text<'a>(record: &'a Map<String, Value>, tag: &str) -> Option<&'a str> {
    record.get(tag)?.get("Value")?.get(0)?.as_str()
}

fn number(record: &Map<String, Value>) -> Option<i64> {
    let value = record.get("00200011")?.get("Value")?.get(0)?;
    value
        .as_i64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

/// The series that was asked for; else the first.
fn first(series: &[Map<String, Value>], asked: Option<&Uid>) -> Option<Uid> {
    let uid = |series: &Map<String, Value>| Uid::new(text(series, "0020000E")?).ok();
    let is_asked = |series: &&Map<String, Value>| asked.is_some() && uid(series).as_ref() == asked;
    let found = series.iter().find(is_asked).or_else(|| series.first());
    found.and_then(uid)
}

fn linked(mut series: Map<String, Value>, study: &Uid, address: &Address) -> Value {
    if let Some(uid) = text(&series, "0020000E").and_then(|uid| Uid::new(uid).ok()) {
        let url = address.series(study, &uid);
        series.insert("00081190".into(), json!({"vr": "UR", "Value": [url]}));
    }
    series.sort_keys();
    Value::Object(series)
}
