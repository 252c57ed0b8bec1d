//! Writes a multipart response, part after part, as the bytes come.

use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use futures::{
    FutureExt, Stream, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};

use crate::WebError;

/// A part whose bytes can be read.
pub(crate) struct Part {
    /// Content-Type.
    pub(crate) content_type: String,
    /// Content-Location, where the part has an address of its own.
    pub(crate) location: Option<String>,
    /// Content-Length, where it is known before.
    pub(crate) length: Option<u64>,
    /// The bytes.
    pub(crate) bytes: BoxStream<'static, Result<Bytes, WebError>>,
}

/// A part that is opened when its turn comes.
pub(crate) type Opened = BoxFuture<'static, Result<Part, WebError>>;

/// Answers with `parts` as `multipart/related; type="root"`. The first is opened before the status
/// is chosen, so that what fails at once fails with its own status; a later failure ends the
/// connection early, which the client sees as a broken body.
pub(crate) async fn respond(
    root: &str,
    boundary: String,
    parts: impl Stream<Item = Opened> + Send + 'static,
) -> Result<Response, WebError> {
    let content_type = format!("multipart/related; type=\"{root}\"; boundary=\"{boundary}\"");
    let mut parts = Box::pin(parts);
    let first = match parts.next().await {
        Some(opening) => Some(opening.await?),
        None => None,
    };
    let first = stream::iter(first.map(|part| async { Ok(part) }.boxed()));
    let closing = Bytes::from(format!("--{boundary}--\r\n"));
    let bytes = first
        .chain(parts)
        .map(move |opening| encoded(opening, boundary.clone()))
        .flatten()
        .chain(stream::iter([Ok(closing)]));
    let mut response = Response::new(Body::from_stream(bytes));
    let value = HeaderValue::from_str(&content_type).map_err(|_| WebError::Internal)?;
    response.headers_mut().insert(header::CONTENT_TYPE, value);
    Ok(response)
}

fn encoded(
    opening: Opened,
    boundary: String,
) -> impl Stream<Item = Result<Bytes, WebError>> + Send {
    opening
        .map(move |opened| match opened {
            Ok(part) => {
                let header = header(&part, &boundary);
                stream::iter([Ok(header)])
                    .chain(part.bytes)
                    .chain(stream::iter([Ok(Bytes::from_static(b"\r\n"))]))
                    .boxed()
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a multipart response ends early"
                );
                stream::iter([Err(error)]).boxed()
            }
        })
        .flatten_stream()
}

fn header(part: &Part, boundary: &str) -> Bytes {
    let mut header = format!("--{boundary}\r\nContent-Type: {}\r\n", part.content_type);
    if let Some(length) = part.length {
        header.push_str(&format!("Content-Length: {length}\r\n"));
    }
    if let Some(location) = &part.location {
        header.push_str(&format!("Content-Location: {location}\r\n"));
    }
    header.push_str("\r\n");
    header.into()
}
