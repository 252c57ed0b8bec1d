//! The body of a STOW request: one Part 10 file or many, as they come (PS3.18 §10.5.1, §8.6).

use std::pin::Pin;

use axum::{
    body::{Body, BodyDataStream},
    http::{HeaderMap, header},
};
use bytes::Bytes;
use futures::{Stream, StreamExt};

use crate::{
    WebError,
    accept::DICOM,
    media::MediaType,
    multipart::{self, MultipartError, Parts},
};

/// What this service takes.
const SUPPORTED: &str = "multipart/related; type=\"application/dicom\"";

/// The objects of a body, one after the other.
pub(super) enum Objects {
    /// `multipart/related`.
    Parts(Box<Parts<Bounded>>),
    /// One file, not wrapped.
    Single {
        /// Its bytes.
        bytes: Bounded,
        /// Whether it was given out.
        begun: bool,
    },
}

impl Objects {
    /// Looks at the Content-Type; `limit` bounds the body.
    pub(super) fn new(headers: &HeaderMap, body: Body, limit: u64) -> Result<Self, WebError> {
        if headers
            .get(header::CONTENT_ENCODING)
            .is_some_and(|coding| coding != "identity")
        {
            return Err(WebError::UnsupportedMediaType("Content-Encoding: identity"));
        }
        let announced = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|length| length > limit) {
            return Err(WebError::TooLarge { limit });
        }
        let content_type = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| MediaType::parse(value.to_str().ok()?))
            .ok_or(WebError::UnsupportedMediaType(SUPPORTED))?;
        let bytes = Bounded {
            body: body.into_data_stream(),
            left: limit,
        };
        if content_type.essence == DICOM {
            let begun = false;
            return Ok(Self::Single { bytes, begun });
        }
        let related =
            multipart::related(&content_type).ok_or(WebError::UnsupportedMediaType(SUPPORTED))?;
        if related.root.is_some_and(|root| root != DICOM) {
            return Err(WebError::UnsupportedMediaType(SUPPORTED));
        }
        Ok(Self::Parts(Box::new(Parts::new(bytes, &related.boundary))))
    }

    /// Whether the next object there is, is one of the media type that is taken; none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<bool>, MultipartError> {
        match self {
            Self::Parts(parts) => {
                let part = parts.next().await?;
                Ok(part.map(|content_type| {
                    // Some senders leave the type to the request's `type` parameter.
                    content_type.is_empty()
                        || MediaType::parse(&content_type)
                            .is_some_and(|media| media.essence == DICOM)
                }))
            }
            Self::Single { begun, .. } => Ok((!std::mem::replace(begun, true)).then_some(true)),
        }
    }

    /// The next bytes of the object, or none at its end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, MultipartError> {
        match self {
            Self::Parts(parts) => parts.chunk().await,
            Self::Single { bytes, .. } => match bytes.next().await {
                Some(Ok(chunk)) => Ok(Some(chunk)),
                Some(Err(error)) => Err(MultipartError::Body(error.into())),
                None => Ok(None),
            },
        }
    }

    /// Reads what follows the last part.
    pub(super) async fn drain(&mut self) {
        if let Self::Parts(parts) = self {
            parts.drain().await;
        }
    }
}

/// A body that ends with an error past its limit.
pub(super) struct Bounded {
    body: BodyDataStream,
    left: u64,
}

/// Why a body was not read on.
#[derive(Debug, thiserror::Error)]
pub(super) enum BodyError {
    /// Past the limit.
    #[error("the body is longer than limits.request_bytes allows")]
    TooLarge,
    /// The connection failed.
    #[error("the connection failed")]
    Connection(#[source] axum::Error),
}

/// What a body that cannot be read says of the request.
pub(super) fn fault(error: &MultipartError, limit: u64) -> WebError {
    match error {
        MultipartError::Body(source)
            if matches!(source.downcast_ref(), Some(BodyError::TooLarge)) =>
        {
            WebError::TooLarge { limit }
        }
        _ => WebError::BadRequest(error.to_string()),
    }
}

impl Stream for Bounded {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.body.poll_next_unpin(context).map(|chunk| {
            let chunk = match chunk? {
                Ok(chunk) => chunk,
                Err(error) => return Some(Err(BodyError::Connection(error))),
            };
            match self.left.checked_sub(chunk.len() as u64) {
                Some(left) => {
                    self.left = left;
                    Some(Ok(chunk))
                }
                None => Some(Err(BodyError::TooLarge)),
            }
        })
    }
}
