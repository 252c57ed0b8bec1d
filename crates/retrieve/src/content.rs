//! Bytes on their way out.

use std::fmt;

use bytes::Bytes;
use dataset::{VR, json::JsonObject, part10::FileMeta};
use futures::{StreamExt, stream, stream::BoxStream};
use model::TransferSyntax;

use crate::{RetrieveError, Unread};

/// Bytes piece by piece. An error ends them: what was sent so far is not whole.
pub type Body = BoxStream<'static, Result<Bytes, RetrieveError>>;

/// Headers as DICOM JSON, one after another. An error ends them: what came so far is not all.
pub type Headers = BoxStream<'static, Result<JsonObject, RetrieveError>>;

/// Bytes of a known number.
pub struct Content {
    /// How many bytes the body makes.
    pub length: u64,
    /// The bytes.
    pub body: Body,
}

impl Content {
    /// Bytes that are at hand.
    pub fn whole(bytes: Bytes) -> Self {
        Self {
            length: bytes.len() as u64,
            body: stream::iter([Ok(bytes)]).boxed(),
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// An instance exactly as it was received.
#[derive(Debug)]
pub struct Stored {
    /// File meta information for it, free of our own provenance.
    pub meta: FileMeta,
    /// The data set.
    pub dataset: Content,
}

/// How the frames of encapsulated pixel data may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameForm {
    /// In the transfer syntax they are stored in.
    AsStored,
    /// Decoded: native, little endian.
    Native,
}

/// One frame.
#[derive(Debug)]
pub struct Frame {
    /// Its bytes: compressed, without item headers, or native little endian.
    pub content: Content,
    /// The stored transfer syntax, or Explicit VR Little Endian for native pixels.
    pub transfer_syntax: TransferSyntax,
}

/// A bulk data value.
#[derive(Debug)]
pub struct Bulk {
    /// The value, little endian; encapsulated pixel data decoded.
    pub value: Unread,
    /// Its value representation.
    pub vr: VR,
    /// The media type of an encapsulated document; none of all else.
    pub media: Option<&'static str>,
}
