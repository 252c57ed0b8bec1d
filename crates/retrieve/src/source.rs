//! The bytes of a stored data set, inflated where it is deflated.

mod inflate;
mod swap;

use archive::Archive;
use bytes::{Bytes, BytesMut};
use database::InstanceRow;
use dataset::Span;
use futures::{StreamExt, TryStreamExt, stream};

pub(crate) use swap::Swap;

use crate::{Body, RetrieveError};
use inflate::Inflating;

/// A stored data set.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    archive: Archive,
    key: String,
    start: u64,
    length: u64,
    deflated: bool,
    /// All of it, where it was read ahead.
    held: Option<Bytes>,
}

impl Source {
    /// The data set of a row.
    pub(crate) fn new(archive: &Archive, row: &InstanceRow) -> Self {
        let start = u64::from(row.dataset_offset);
        Self {
            archive: archive.clone(),
            key: row.object.to_string(),
            start,
            length: row.length.saturating_sub(start),
            deflated: row.transfer_syntax.is_deflated(),
            held: None,
        }
    }

    /// The same, a small data set read at once: its header and its frame are then one read instead of
    /// several, one after the other.
    pub(crate) async fn ahead(&self) -> Result<Self, RetrieveError> {
        const SMALL: u64 = 1 << 20;
        let held = match self.length {
            1..=SMALL => {
                let range = self.start..self.start + self.length;
                Some(self.archive.get(&self.key, range).await?)
            }
            _ => None,
        };
        Ok(Self {
            held,
            ..self.clone()
        })
    }

    /// The data set as stored, `span` of it.
    pub(crate) async fn stored(&self, span: Span) -> Result<Body, RetrieveError> {
        let end = span.offset.checked_add(span.length);
        let Some(end) = end.filter(|&end| end <= self.length) else {
            return Err(RetrieveError::Damaged {
                reason: "the index points past the end of the object",
            });
        };
        if let Some(held) = &self.held {
            let piece = held.slice(span.offset as usize..end as usize);
            return Ok(stream::once(async { Ok(piece) }).boxed());
        }
        let range = self.start + span.offset..self.start + end;
        let pieces = self.archive.stream(&self.key, range).await?;
        Ok(pieces.map_err(RetrieveError::from).boxed())
    }

    /// Whether it is inflated as it is read.
    pub(crate) fn is_deflated(&self) -> bool {
        self.deflated
    }

    /// The whole data set as stored.
    pub(crate) fn whole(&self) -> Span {
        Span {
            offset: 0,
            length: self.length,
        }
    }

    /// Reads forward through the (inflated) data set.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            source: self.clone(),
            pieces: Pieces::None,
            left: 0,
            to_end: false,
        }
    }

    /// A span of the (inflated) data set, if it is no longer than `limit`.
    pub(crate) async fn read(&self, span: Span, limit: u64) -> Result<Bytes, RetrieveError> {
        if span.length > limit {
            return Err(RetrieveError::Damaged {
                reason: "a value is larger than the configured limit",
            });
        }
        let mut cursor = self.cursor();
        cursor.seek(span).await?;
        let mut pieces = Vec::new();
        while let Some(piece) = cursor.next().await? {
            pieces.push(piece);
        }
        Ok(join(pieces))
    }
}

/// Several pieces as one; a single one is not copied.
pub(crate) fn join(mut pieces: Vec<Bytes>) -> Bytes {
    if pieces.len() == 1 {
        return pieces.swap_remove(0);
    }
    let mut joined = BytesMut::with_capacity(pieces.iter().map(Bytes::len).sum());
    for piece in pieces {
        joined.extend_from_slice(&piece);
    }
    joined.freeze()
}

/// Reads spans of the (inflated) data set piece by piece. A deflated one is inflated from its start,
/// once as long as the spans follow each other.
pub(crate) struct Cursor {
    source: Source,
    pieces: Pieces,
    /// Bytes of the span not yet read.
    left: u64,
    /// The span ends where the data set does.
    to_end: bool,
}

enum Pieces {
    None,
    Stored(Body),
    Inflating(Box<Inflating>),
}

impl Cursor {
    /// Goes to `span`.
    pub(crate) async fn seek(&mut self, span: Span) -> Result<(), RetrieveError> {
        (self.left, self.to_end) = (span.length, false);
        if !self.source.deflated {
            self.pieces = match span.length {
                0 => Pieces::None,
                _ => Pieces::Stored(self.source.stored(span).await?),
            };
            return Ok(());
        }
        let mut inflating = match std::mem::replace(&mut self.pieces, Pieces::None) {
            Pieces::Inflating(inflating) if inflating.position() <= span.offset => inflating,
            _ => Box::new(Inflating::new(
                self.source.stored(self.source.whole()).await?,
            )),
        };
        inflating.skip_to(span.offset).await?;
        self.pieces = Pieces::Inflating(inflating);
        Ok(())
    }

    /// Goes to `offset`, for everything from there on.
    pub(crate) async fn seek_to_end(&mut self, offset: u64) -> Result<(), RetrieveError> {
        let length = match self.source.deflated {
            true => 0,
            false => self.source.length.saturating_sub(offset),
        };
        self.seek(Span { offset, length }).await?;
        if self.source.deflated {
            (self.left, self.to_end) = (u64::MAX, true);
        }
        Ok(())
    }

    /// The next piece of the span; none at its end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, RetrieveError> {
        if self.left == 0 {
            return Ok(None);
        }
        let piece = match &mut self.pieces {
            Pieces::None => None,
            Pieces::Stored(body) => body.try_next().await?,
            Pieces::Inflating(inflating) => inflating.next(self.left).await?,
        };
        let Some(piece) = piece else {
            if self.to_end {
                return Ok(None);
            }
            return Err(RetrieveError::Damaged {
                reason: "the data set ends inside a value",
            });
        };
        self.left = self.left.saturating_sub(piece.len() as u64);
        Ok(Some(piece))
    }
}
