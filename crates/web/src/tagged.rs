//! Answers in DICOM JSON or XML that are made at once, as those of searches: the client may keep them and
//! ask about them (RFC 9110 §13).

use axum::{
    body::{Body, HttpBody, to_bytes},
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};

use crate::{WebError, conditional::EntityTag};

/// Longer answers are passed on without a tag; a page of a list is far below.
const LONGEST: u64 = 8 << 20;

/// Gives an answer a tag, and to whom has it 304.
pub(crate) async fn tagged(request: Request, next: Next) -> Result<Response, WebError> {
    // HEAD loses its body further out.
    let is_read = [Method::GET, Method::HEAD].contains(request.method());
    let asked: HeaderMap = request.headers().clone();
    let response = next.run(request).await;
    let length = response.body().size_hint().exact();
    let length = length.filter(|length| (1..=LONGEST).contains(length));
    let (Some(length), true) = (length, is_read && is_taggable(&response)) else {
        return Ok(response);
    };
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, length as usize).await;
    let bytes = bytes.map_err(|_| WebError::Internal)?;
    let hash = blake3::hash(&bytes).to_hex();
    let warnings = parts.headers.get_all(header::WARNING).iter();
    let warnings: Vec<&str> = warnings.filter_map(|value| value.to_str().ok()).collect();
    let tag = EntityTag::weak(&[&["answer", hash.as_str()], &warnings[..]].concat());
    if tag.is_had(&asked) {
        return Ok(tag.not_modified());
    }
    let mut response = Response::from_parts(parts, Body::from(bytes));
    tag.mark(&mut response);
    Ok(response)
}

fn is_taggable(response: &Response) -> bool {
    let headers = response.headers();
    let kind = headers.get(header::CONTENT_TYPE);
    response.status() == StatusCode::OK
        && !headers.contains_key(header::ETAG)
        && kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/dicom+"))
}
