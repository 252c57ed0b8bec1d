//! The answer to a search (PS3.18 §10.6.3).

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use dataset::json::JsonObject;
use futures::{StreamExt, stream};
use model::{
    Operation,
    search::{Level, Search},
};
use query::Answer;
use serde_json::json;

use super::{
    asked::Asked,
    attributes, dictionary,
    parameters::{Include, Parameters},
};
use crate::{
    WebError,
    accept::DICOM_JSON,
    address::Address,
    boundary::boundary,
    multipart,
    notation::{self, Notation},
};

/// Searches at a level and answers: the one way of all searches.
pub(super) async fn search(level: Level, asked: Asked) -> Result<Response, WebError> {
    let permit = asked.caller.permit(Operation::Query)?;
    let notation = notation::of_several(&asked.headers, &asked.query)?;
    let mut parameters = Parameters::read(level, &asked.query)?;
    parameters.search.study = asked.study;
    parameters.search.series = asked.series;

    let query = &asked.state.query;
    let found = query.search(&permit, &parameters.search).await?;

    let address = Address::new(asked.state.settings.base_url.as_deref(), &asked.headers);
    let warnings = warnings(&found, &parameters);
    let records: Vec<JsonObject> = found
        .records
        .into_iter()
        .map(|record| shown(record, &parameters, &address))
        .collect();
    let response = match notation {
        _ if records.is_empty() => StatusCode::NO_CONTENT.into_response(),
        Notation::Json => json_array(&records)?,
        Notation::Xml => {
            let boundary = boundary(asked.state.secrets.as_ref());
            multipart::data_sets(boundary, stream::iter(records).map(Ok)).await?
        }
    };
    warned(response, &warnings, &address)
}

/// What the client should know besides the matches.
fn warnings(found: &Answer, parameters: &Parameters) -> Vec<String> {
    let more = found
        .more
        .then_some("There are more results that can be requested".to_owned());
    let keys = found.unsupported.iter().map(|path| {
        let name = dictionary::name(path);
        format!("The matching key {name} is not supported and was ignored")
    });
    let names = parameters.ignored.iter();
    let names = names.map(|name| format!("The parameter {name} is not supported and was ignored"));
    more.into_iter().chain(keys).chain(names).collect()
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

fn json_array(records: &[JsonObject]) -> Result<Response, WebError> {
    let body = serde_json::to_vec(records).map_err(|_| WebError::Internal)?;
    Ok(([(header::CONTENT_TYPE, DICOM_JSON)], Body::from(body)).into_response())
}

/// What the client should know, as Warning 299 (PS3.18 §8.3.4.4).
fn warned(
    mut response: Response,
    warnings: &[String],
    address: &Address,
) -> Result<Response, WebError> {
    for warning in warnings {
        let text = format!("299 {} \"{warning}\"", address.service());
        let value = HeaderValue::from_str(&text).map_err(|_| WebError::Internal)?;
        response.headers_mut().append(header::WARNING, value);
    }
    Ok(response)
}
