//! The data set in the body of a request, DICOM JSON or XML (PS3.18 §11.1, §F.2; PS3.19 §A.1).

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, header},
};
use dataset::{json::JsonObject, xml};
use serde_json::Value;

use crate::{WebError, accept::DICOM_JSON, media::MediaType, notation::DICOM_XML};

/// Reads one data set: as DICOM JSON an object, or an array of one.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    limit: u64,
) -> Result<JsonObject, WebError> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| MediaType::parse(value.to_str().ok()?));
    let is_xml = match kind.as_ref().map(|kind| kind.essence.as_str()) {
        None | Some(DICOM_JSON | "application/json") => false,
        Some(DICOM_XML) => true,
        Some(_) => {
            let known = "application/dicom+json, application/dicom+xml";
            return Err(WebError::UnsupportedMediaType(known));
        }
    };
    let bytes = bytes(body, limit).await?;
    if is_xml {
        return xml::read(&bytes, &xml::Bounds::default()).map_err(|_| unreadable());
    }
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(dataset)) => Ok(dataset),
        Ok(Value::Array(mut datasets)) if datasets.len() == 1 => match datasets.pop() {
            Some(Value::Object(dataset)) => Ok(dataset),
            _ => Err(unreadable()),
        },
        _ => Err(unreadable()),
    }
}

/// The same of a body that may be empty.
pub(super) async fn read_any(
    headers: &HeaderMap,
    body: Body,
    limit: u64,
) -> Result<JsonObject, WebError> {
    let bytes = bytes(body, limit).await?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(JsonObject::new());
    }
    read(headers, Body::from(bytes), limit).await
}

async fn bytes(body: Body, limit: u64) -> Result<axum::body::Bytes, WebError> {
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    to_bytes(body, most)
        .await
        .map_err(|error| match std::error::Error::source(&error) {
            Some(source) if source.to_string().contains("length limit") => {
                WebError::WorkitemTooLarge { limit }
            }
            _ => WebError::BadRequest("the body ended before its time".into()),
        })
}

fn unreadable() -> WebError {
    WebError::BadRequest("the body is no data set in DICOM JSON or XML: one expected".into())
}
