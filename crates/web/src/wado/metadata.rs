//! Retrieving headers as DICOM JSON or XML, without pixels and long values (PS3.18 §10.4.1.1.2).

use access::Permit;
use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use database::Scope;
use dataset::json::JsonObject;
use futures::{TryStreamExt, stream};
use model::Operation;
use retrieve::{Envelope, Headers};
use serde_json::Value;

use super::scope;
use crate::{
    WebError, WebState,
    accept::DICOM_JSON,
    address::Address,
    boundary::boundary,
    multipart,
    notation::{self, Notation},
    session::Caller,
    whole,
};

/// Retrieves the headers of a study's objects.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/metadata", tag = "WADO-RS",
    params(("study" = String, Path, description = "Study Instance UID")), responses(
    (status = 200, description = "A header an object; with an ETag unless they are too many for one answer", content_type = "application/dicom+json", body = [crate::openapi::DicomJson]),
    (status = 304, description = "The client has them (If-None-Match)"),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable", body = crate::error::Problem)))]
pub(crate) async fn of_study(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path(study): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    answer(&state, &caller, &headers, &query, scope::study(&study)?).await
}

/// Retrieves the headers of a series' objects.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/metadata", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID")), responses(
    (status = 200, description = "A header an object; with an ETag unless they are too many for one answer", content_type = "application/dicom+json", body = [crate::openapi::DicomJson]),
    (status = 304, description = "The client has them (If-None-Match)"),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable", body = crate::error::Problem)))]
pub(crate) async fn of_series(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path((study, series)): Path<(String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    answer(
        &state,
        &caller,
        &headers,
        &query,
        scope::series(&study, &series)?,
    )
    .await
}

/// Retrieves the header of an object.
#[utoipa::path(get, path = "/dicom-web/studies/{study}/series/{series}/instances/{instance}/metadata", tag = "WADO-RS", params(
    ("study" = String, Path, description = "Study Instance UID"),
    ("series" = String, Path, description = "Series Instance UID"),
    ("instance" = String, Path, description = "SOP Instance UID")), responses(
    (status = 200, description = "One header", content_type = "application/dicom+json", body = [crate::openapi::DicomJson]),
    (status = 304, description = "The client has it (If-None-Match)"),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem),
    (status = 406, description = "Nothing acceptable", body = crate::error::Problem)))]
pub(crate) async fn of_instance(
    State(state): State<WebState>,
    caller: Caller,
    headers: HeaderMap,
    Path((study, series, sop)): Path<(String, String, String)>,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    answer(
        &state,
        &caller,
        &headers,
        &query,
        scope::instance(&study, &series, &sop)?,
    )
    .await
}

async fn answer(
    state: &WebState,
    caller: &Caller,
    headers: &HeaderMap,
    query: &[(String, String)],
    scope: Scope,
) -> Result<Response, WebError> {
    let permit = caller.permit(Operation::Retrieve)?;
    let notation = notation::of_several(headers, query)?;
    let address = Address::new(state.settings.base_url.as_deref(), headers);
    if notation == Notation::Xml {
        let records = state.retrieve.metadata(&permit, &scope).await?;
        let boundary = boundary(state.secrets.as_ref());
        return multipart::data_sets(boundary, resolved(records, address)).await;
    }
    if let Some(answer) = whole(state, &permit, headers, &scope, &address).await? {
        return Ok(answer);
    }
    let records = state.retrieve.metadata(&permit, &scope).await?;
    let records = array(records, address);
    let body = if scope.sop.is_some() {
        // One record: what is whole is given an entity tag on its way out.
        let pieces: Vec<Bytes> = records.try_collect().await?;
        Body::from(pieces.concat())
    } else {
        Body::from_stream(records)
    };
    Ok(([(header::CONTENT_TYPE, DICOM_JSON)], body).into_response())
}

/// A study or series in one answer, if it is not too long for that.
async fn whole(
    state: &WebState,
    permit: &Permit,
    headers: &HeaderMap,
    scope: &Scope,
    address: &Address,
) -> Result<Option<Response>, WebError> {
    if scope.sop.is_some() {
        return Ok(None);
    }
    let Some(metadata) = state.retrieve.whole_metadata(permit, scope).await? else {
        return Ok(None);
    };
    let envelope = Envelope {
        before: String::new(),
        after: String::new(),
        service: address.service(),
        coding: whole::coding(headers),
    };
    whole::answer(state, headers, &metadata, &envelope, DICOM_JSON).await
}

/// Records whose bulk data has absolute addresses.
fn resolved(
    records: Headers,
    address: Address,
) -> impl futures::Stream<Item = Result<JsonObject, WebError>> {
    records
        .map_err(WebError::Retrieve)
        .map_ok(move |mut record| {
            if let Some(base) = instance_url(&record, &address) {
                resolve(&mut record, &base);
            }
            record
        })
}

/// A JSON array, written a record at a time as the client takes it. An error ends it before its
/// closing bracket, and with it the connection: the client sees that it has not all.
fn array(
    records: Headers,
    address: Address,
) -> impl futures::Stream<Item = Result<Bytes, WebError>> {
    stream::try_unfold(Some((records, b'[')), move |left| {
        let address = address.clone();
        async move {
            let Some((mut records, separator)) = left else {
                return Ok(None);
            };
            let Some(mut record) = records.try_next().await? else {
                return Ok(Some((Bytes::from_static(b"]"), None)));
            };
            if let Some(base) = instance_url(&record, &address) {
                resolve(&mut record, &base);
            }
            let mut text = vec![separator];
            serde_json::to_writer(&mut text, &record).map_err(|_| WebError::Internal)?;
            Ok(Some((text.into(), Some((records, b',')))))
        }
    })
    .inspect_err(|error: &WebError| {
        tracing::warn!(
            error = error as &dyn std::error::Error,
            "a response ends early"
        );
    })
}

fn instance_url(record: &JsonObject, address: &Address) -> Option<String> {
    let uid = |key: &str| record.get(key)?.get("Value")?.get(0)?.as_str();
    Some(format!(
        "{}/studies/{}/series/{}/instances/{}",
        address.service(),
        uid("0020000D")?,
        uid("0020000E")?,
        uid("00080018")?
    ))
}

/// Makes bulk data URIs absolute, in sequences too. Items nest no deeper than the parser let them.
fn resolve(item: &mut JsonObject, base: &str) {
    for attribute in item.values_mut().filter_map(Value::as_object_mut) {
        if let Some(Value::String(uri)) = attribute.get_mut("BulkDataURI")
            && !uri.contains("://")
        {
            *uri = format!("{base}/{uri}");
        }
        if let Some(Value::Array(values)) = attribute.get_mut("Value") {
            for item in values.iter_mut().filter_map(Value::as_object_mut) {
                resolve(item, base);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;
    use serde_json::json;

    use super::*;

    #[tokio::test]
    async fn bulk_data_addresses_are_absolute_in_sequences_too() {
        let record = json!({
            "00080018": {"vr": "UI", "Value": ["1.4"]},
            "0020000D": {"vr": "UI", "Value": ["1.2"]},
            "0020000E": {"vr": "UI", "Value": ["1.3"]},
            "00400555": {"vr": "SQ", "Value": [{"54001010": {"vr": "OW", "BulkDataURI": "bulkdata/00400555/1/54001010"}}]},
            "7FE00010": {"vr": "OW", "BulkDataURI": "bulkdata/7FE00010"},
        });
        let Value::Object(record) = record else {
            panic!()
        };
        let address = Address::new(Some("https://a/x"), &HeaderMap::new());
        let records = stream::iter([Ok(record.clone()), Ok(record)]).boxed();
        let chunks: Vec<Bytes> = array(records, address).try_collect().await.unwrap();
        let all: Value = serde_json::from_slice(&chunks.concat()).unwrap();
        let base = "https://a/x/dicom-web/studies/1.2/series/1.3/instances/1.4/bulkdata";
        assert_eq!(
            all[1]["7FE00010"]["BulkDataURI"],
            format!("{base}/7FE00010")
        );
        let nested = &all[0]["00400555"]["Value"][0]["54001010"]["BulkDataURI"];
        assert_eq!(*nested, format!("{base}/00400555/1/54001010"));
    }
}
