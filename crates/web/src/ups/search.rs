//! Search for workitems (PS3.18 §11.9).

use ::dataset::json::JsonObject;
use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use model::{Operation, search::Level};
use workitems::{Page, Search};

use super::failure::Failure;
use crate::{
    WebError, WebState,
    accept::DICOM_JSON,
    address::Address,
    boundary::boundary,
    error::Problem,
    multipart,
    notation::{self, Notation},
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
    let notation = notation::of_several(&headers, &query)?;
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
    let more = page.more;
    let found = shown(page, &asked);
    let response = match notation {
        _ if found.is_empty() => StatusCode::NO_CONTENT.into_response(),
        Notation::Json => ([(header::CONTENT_TYPE, DICOM_JSON)], Json(found)).into_response(),
        Notation::Xml => {
            let boundary = boundary(state.secrets.as_ref());
            multipart::data_sets(boundary, stream::iter(found).map(Ok)).await?
        }
    };
    Ok(warned(response, more, &asked, &address)?)
}

/// The attributes that were asked for, and those that every answer has.
fn shown(page: Page, asked: &Parameters) -> Vec<JsonObject> {
    page.workitems
        .into_iter()
        .map(|mut attributes| {
            if let Include::Keys(keys) = &asked.include {
                attributes.retain(|key, _| {
                    workitems::always_returned(key) || keys.iter().any(|asked| asked == key)
                });
            }
            attributes
        })
        .collect()
}

/// What the client should know besides the matches.
fn warned(
    mut response: Response,
    more: bool,
    asked: &Parameters,
    address: &Address,
) -> Result<Response, WebError> {
    let more = more.then_some("There are more results that can be requested".to_owned());
    let ignored = asked.ignored.iter();
    let ignored =
        ignored.map(|name| format!("The parameter {name} is not supported and was ignored"));
    for text in more.into_iter().chain(ignored) {
        let value = address.warning(&text).ok_or(WebError::Internal)?;
        response.headers_mut().append(header::WARNING, value);
    }
    Ok(response)
}
