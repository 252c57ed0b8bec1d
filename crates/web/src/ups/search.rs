//! Search for workitems (PS3.18 §11.9).

use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::{Operation, search::Level};
use serde_json::Value;
use workitems::{Page, Search};

use super::failure::Failure;
use crate::{
    WebError, WebState,
    accept::{self, DICOM_JSON},
    address::Address,
    error::Problem,
    openapi::{DicomJson, Matching},
    qido::{Include, Parameters},
    session::Caller,
};

/// Searches the worklist, by start and UID.
#[utoipa::path(get, path = "/dicom-web/workitems", tag = "UPS-RS", params(Matching), responses(
    (status = 200, description = "Matches; Warning 299 when there are more", body = Vec<DicomJson>, content_type = "application/dicom+json"),
    (status = 204, description = "No match"),
    (status = 304, description = "The client has them"),
    (status = 400, description = "A parameter cannot be read", body = Problem),
    (status = 401, description = "Not signed in", body = Problem),
    (status = 406, description = "Nothing that the client accepts can be made", body = Problem),
    (status = 503, description = "The database does not answer", body = Problem)))]
pub(crate) async fn search(
    State(state): State<WebState>,
    caller: Caller,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let permit = caller.permit(Operation::Worklist)?;
    accept::json(&headers, &query)?;
    // A worklist has no levels; matching keys and parameters read alike at each.
    let asked = Parameters::read(Level::Study, &query)?;
    let search = Search {
        conditions: asked.search.conditions.clone(),
        limit: asked.search.limit,
        offset: asked.search.offset,
        fuzzy: asked.search.fuzzy,
    };
    let address = Address::new(state.settings.base_url.as_deref(), &headers);
    let page = state.workitems.search(&permit, &search).await;
    let page = page.map_err(|error| Failure::of(error, &address, ""))?;
    Ok(encode(page, &asked, &address)?)
}

fn encode(page: Page, asked: &Parameters, address: &Address) -> Result<Response, WebError> {
    let found: Vec<Value> = page
        .workitems
        .into_iter()
        .map(|mut attributes| {
            if let Include::Keys(keys) = &asked.include {
                attributes.retain(|key, _| {
                    workitems::always_returned(key) || keys.iter().any(|asked| asked == key)
                });
            }
            Value::Object(attributes)
        })
        .collect();
    let mut response = if found.is_empty() {
        StatusCode::NO_CONTENT.into_response()
    } else {
        ([(header::CONTENT_TYPE, DICOM_JSON)], Json(found)).into_response()
    };
    let more = page
        .more
        .then_some("There are more results that can be requested".to_owned());
    let ignored = asked.ignored.iter();
    let ignored =
        ignored.map(|name| format!("The parameter {name} is not supported and was ignored"));
    for text in more.into_iter().chain(ignored) {
        let value = format!("299 {} \"{text}\"", address.service());
        let value = HeaderValue::from_str(&value).map_err(|_| WebError::Internal)?;
        response.headers_mut().append(header::WARNING, value);
    }
    Ok(response)
}
