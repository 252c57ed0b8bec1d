//! The body of a STOW request, part after part as they come (PS3.18 §10.5.1, §8.6).

use std::pin::Pin;

use axum::{
    body::{Body, BodyDataStream},
    http::{HeaderMap, header},
};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream::BoxStream};

use super::coding::{Coding, Unpacked};
use crate::{
    WebError,
    accept::{DICOM, DICOM_JSON},
    media::MediaType,
    multipart::{self, MultipartError, PartHead, Parts},
    notation::DICOM_XML,
    state::Settings,
};

/// What this service takes.
const SUPPORTED: &str = "multipart/related; type=\"application/dicom\", \"application/dicom+json\" \
    or \"application/dicom+xml\", or one of these as it is";

/// How the objects of a request are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Part 10 files.
    Part10,
    /// DICOM JSON, bulk data apart.
    Json,
    /// Native DICOM Model, bulk data apart.
    Xml,
}

impl Kind {
    /// What a media type is the kind of.
    pub(super) fn of(essence: &str) -> Option<Self> {
        match essence {
            DICOM => Some(Self::Part10),
            DICOM_JSON | "application/json" => Some(Self::Json),
            DICOM_XML | "application/xml" | "text/xml" => Some(Self::Xml),
            _ => None,
        }
    }
}

type Chunks = BoxStream<'static, Result<Bytes, BodyError>>;

/// The parts of a body, one after the other.
pub(super) struct Objects {
    /// What the Content-Type says of the root part; none where it leaves that to the parts.
    pub(super) kind: Option<Kind>,
    form: Form,
}

enum Form {
    /// `multipart/related`.
    Parts(Box<Parts<Chunks>>),
    /// One, not wrapped.
    Single {
        bytes: Chunks,
        content_type: String,
        begun: bool,
    },
}

impl Objects {
    /// Looks at the Content-Type and Content-Encoding; the settings bound the body.
    pub(super) fn new(
        headers: &HeaderMap,
        body: Body,
        settings: &Settings,
    ) -> Result<Self, WebError> {
        let limit = settings.max_stow_bytes;
        let announced = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|length| length > limit) {
            return Err(WebError::TooLarge { limit });
        }
        let unsupported = || WebError::UnsupportedMediaType(SUPPORTED);
        let content_type = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .ok_or_else(unsupported)?;
        let media = MediaType::parse(content_type).ok_or_else(unsupported)?;
        let packed = Bounded {
            body: body.into_data_stream(),
            left: limit,
        };
        let bytes = match Coding::of(headers)? {
            None => packed.boxed(),
            Some(coding) => Unpacked::new(packed, coding, limit, settings.stow.ratio).boxed(),
        };
        if let Some(kind) = single(&media.essence) {
            return Ok(Self {
                kind: Some(kind),
                form: Form::Single {
                    bytes,
                    content_type: content_type.to_owned(),
                    begun: false,
                },
            });
        }
        let related = multipart::related(&media).ok_or_else(unsupported)?;
        let kind = match related.root {
            Some(root) => Some(Kind::of(&root).ok_or_else(unsupported)?),
            None => None,
        };
        let parts = Parts::new(bytes, &related.boundary);
        Ok(Self {
            kind,
            form: Form::Parts(Box::new(parts)),
        })
    }

    /// The head of the next part; none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<PartHead>, MultipartError> {
        match &mut self.form {
            Form::Parts(parts) => parts.next().await,
            Form::Single {
                begun,
                content_type,
                ..
            } => Ok((!std::mem::replace(begun, true)).then(|| PartHead {
                content_type: content_type.clone(),
                location: None,
            })),
        }
    }

    /// The next bytes of the part, or none at its end.
    pub(super) async fn chunk(&mut self) -> Result<Option<Bytes>, MultipartError> {
        match &mut self.form {
            Form::Parts(parts) => parts.chunk().await,
            Form::Single { bytes, .. } => match bytes.next().await {
                Some(Ok(chunk)) => Ok(Some(chunk)),
                Some(Err(error)) => Err(MultipartError::Body(error.into())),
                None => Ok(None),
            },
        }
    }

    /// Reads what is left, so that the client is there for the answer.
    pub(super) async fn drain(&mut self) {
        match &mut self.form {
            Form::Parts(parts) => {
                while let Ok(Some(_)) = parts.next().await {}
                parts.drain().await;
            }
            Form::Single { bytes, .. } => while let Some(Ok(_)) = bytes.next().await {},
        }
    }
}

/// What may come unwrapped. Plain JSON and XML are too common to be taken for DICOM.
fn single(essence: &str) -> Option<Kind> {
    [DICOM, DICOM_JSON, DICOM_XML]
        .contains(&essence)
        .then(|| Kind::of(essence))?
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
    /// More comes out of it than was put in by anybody.
    #[error("the body unpacks to more than {ratio} times its length (limits.request_ratio)")]
    Bomb {
        /// How many times are allowed.
        ratio: u32,
    },
    /// Its Content-Encoding is not what it is in.
    #[error("the body is not in its Content-Encoding")]
    Coding(#[source] std::io::Error),
    /// The connection failed.
    #[error("the connection failed")]
    Connection(#[source] axum::Error),
}

/// What a body that cannot be read says of the request.
pub(super) fn fault(error: &MultipartError, limit: u64) -> WebError {
    match error {
        MultipartError::Body(source) => match source.downcast_ref() {
            Some(BodyError::TooLarge) => WebError::TooLarge { limit },
            Some(BodyError::Bomb { ratio }) => WebError::Bomb { ratio: *ratio },
            Some(own) => WebError::BadRequest(own.to_string()),
            None => WebError::BadRequest(error.to_string()),
        },
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
