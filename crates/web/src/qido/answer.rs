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
    let next = found
        .next
        .map(|cursor| next(&address, &asked.target, cursor.as_str()));
    let response = match notation {
        _ if records.is_empty() => StatusCode::NO_CONTENT.into_response(),
        Notation::Json => json_array(&records)?,
        Notation::Xml => {
            let boundary = boundary(asked.state.secrets.as_ref());
            multipart::data_sets(boundary, stream::iter(records).map(Ok)).await?
        }
    };
    annotated(response, &warnings, next.as_deref(), &address)
}

/// The address of the next page: what was asked, from the cursor on.
fn next(address: &Address, target: &str, cursor: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let kept = query.split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !matches!(name, "" | "after" | "offset")
    });
    let query: Vec<&str> = kept.collect();
    let separator = if query.is_empty() { "" } else { "&" };
    let query = query.join("&");
    format!(
        "{}{path}?{query}{separator}after={cursor}",
        address.service()
    )
}

/// What the client should know besides the matches.
fn warnings(found: &Answer, parameters: &Parameters) -> Vec<String> {
    let more = found
        .next
        .is_some()
        .then_some("There are more results that can be requested".to_owned());
    // The words of PS3.18 §8.3.4.2.
    let literal = (!found.literal.is_empty()).then_some(
        "The fuzzymatching parameter is not supported. Only literal matching has been performed."
            .to_owned(),
    );
    let keys = found.unsupported.iter().map(|path| {
        let name = dictionary::name(path);
        format!("The matching key {name} is not supported and was ignored")
    });
    let names = parameters.ignored.iter();
    let names = names.map(|name| format!("The parameter {name} is not supported and was ignored"));
    more.into_iter()
        .chain(literal)
        .chain(keys)
        .chain(names)
        .collect()
}

/// The attributes of a match that the client gets.
fn shown(mut record: JsonObject, asked: &Parameters, address: &Address) -> JsonObject {
    record.insert(
        "00080005".into(),
        json!({"vr": "CS", "Value": ["ISO_IR 192"]}),
    );
    attributes::fill(&asked.search, &mut record);
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
    if search.level == Level::Patient {
        return None;
    }
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

/// What the client should know, as Warning 299 (PS3.18 §8.3.4.4); where the next page is, as a link
/// (RFC 8288).
fn annotated(
    mut response: Response,
    warnings: &[String],
    next: Option<&str>,
    address: &Address,
) -> Result<Response, WebError> {
    for warning in warnings {
        let value = address.warning(warning).ok_or(WebError::Internal)?;
        response.headers_mut().append(header::WARNING, value);
    }
    if let Some(next) = next {
        let link = format!("<{next}>; rel=\"next\"");
        let value = HeaderValue::from_str(&link).map_err(|_| WebError::Internal)?;
        response.headers_mut().append(header::LINK, value);
    }
    Ok(response)
}
