//! The answer to a search (PS3.18 §10.6.3).

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use dataset::json::JsonObject;
use model::{
    Operation, Uid,
    search::{Level, Search},
};
use serde_json::{Value, json};

use super::{
    attributes, dictionary,
    parameters::{Include, Parameters},
};
use crate::{
    WebError, WebState,
    accept::{self, DICOM_JSON},
    address::Address,
    session::Caller,
};

/// What a route fixes of a search.
pub(super) struct Within {
    /// The level that is searched.
    pub(super) level: Level,
    /// The study of the path.
    pub(super) study: Option<Uid>,
    /// The series of the path.
    pub(super) series: Option<Uid>,
}

/// Searches and answers.
pub(super) async fn search(
    state: &WebState,
    caller: &Caller,
    headers: &HeaderMap,
    query: &[(String, String)],
    within: Within,
) -> Result<Response, WebError> {
    let permit = caller.permit(Operation::Query)?;
    accept::json(headers, query)?;
    let mut asked = Parameters::read(within.level, query)?;
    asked.search.study = within.study;
    asked.search.series = within.series;
    let found = state.query.search(&permit, &asked.search).await?;

    let address = Address::new(state.settings.base_url.as_deref(), headers);
    let mut warnings = Vec::new();
    if found.more {
        warnings.push("There are more results that can be requested".to_owned());
    }
    for path in &found.unsupported {
        let name = dictionary::name(path);
        warnings.push(format!(
            "The matching key {name} is not supported and was ignored"
        ));
    }
    for name in &asked.ignored {
        warnings.push(format!(
            "The parameter {name} is not supported and was ignored"
        ));
    }
    let records: Vec<Value> = found
        .records
        .into_iter()
        .map(|record| Value::Object(shown(record, &asked, &address)))
        .collect();
    encode(&records, &warnings, &address)
}

/// The attributes of a match that the client gets.
fn shown(mut record: JsonObject, asked: &Parameters, address: &Address) -> JsonObject {
    if let Some(url) = retrieve_url(&record, &asked.search, address) {
        record.insert("00081190".into(), json!({"vr": "UR", "Value": [url]}));
    }
    if let Include::Keys(keys) = &asked.include {
        record.retain(|key, _| {
            key == "00081190"
                || keys.iter().any(|asked| asked == key)
                || attributes::always(&asked.search, key)
        });
    }
    record.sort_keys();
    record
}

fn retrieve_url(record: &JsonObject, search: &Search, address: &Address) -> Option<String> {
    let uid = |key: &str| record.get(key)?.get("Value")?.get(0)?.as_str();
    let mut url = format!("{}/studies/{}", address.service(), uid("0020000D")?);
    if matches!(search.level, Level::Series | Level::Instance) {
        url.push_str(&format!("/series/{}", uid("0020000E")?));
    }
    if search.level == Level::Instance {
        url.push_str(&format!("/instances/{}", uid("00080018")?));
    }
    Some(url)
}

/// 204 for nothing, else 200; what the client should know as Warning 299 (PS3.18 §8.3.4.4).
fn encode(records: &[Value], warnings: &[String], address: &Address) -> Result<Response, WebError> {
    let mut response = if records.is_empty() {
        StatusCode::NO_CONTENT.into_response()
    } else {
        let body = serde_json::to_vec(records).map_err(|_| WebError::Internal)?;
        ([(header::CONTENT_TYPE, DICOM_JSON)], Body::from(body)).into_response()
    };
    for warning in warnings {
        let text = format!("299 {} \"{warning}\"", address.service());
        let value = HeaderValue::from_str(&text).map_err(|_| WebError::Internal)?;
        response.headers_mut().append(header::WARNING, value);
    }
    Ok(response)
}
