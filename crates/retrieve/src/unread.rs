//! Bytes that are named and not read yet, so that a part of them can be asked for (RFC 9110 §14).

use std::{fmt, ops::Range};

use bytes::Bytes;
use dataset::Span;
use futures::{StreamExt, stream};

use crate::{
    Body, Content, RetrieveError,
    convert::{self, Frames},
    outlet,
    source::Source,
};

/// Bytes that are not read yet. The access to them is recorded.
pub struct Unread {
    length: u64,
    kind: Kind,
}

enum Kind {
    /// Bytes at hand, and bytes of an object as stored after them.
    Stored {
        head: Bytes,
        source: Source,
        span: Span,
    },
    /// A span whose words are swapped, or that is inflated.
    Changed {
        source: Source,
        span: Span,
        word: u8,
    },
    /// Frames that are decoded one by one.
    Frames(Box<Frames>),
    /// What is made as it is taken.
    Made(Body),
}

impl Unread {
    /// `head`, then `span` of a data set as it is stored.
    pub(crate) fn stored(head: Bytes, source: Source, span: Span) -> Self {
        Self {
            length: head.len() as u64 + span.length,
            kind: Kind::Stored { head, source, span },
        }
    }

    /// `span` of an (inflated) data set, its words of `word` bytes swapped.
    pub(crate) fn value(source: Source, span: Span, word: u8) -> Self {
        if word == 1 && !source.is_deflated() {
            return Self::stored(Bytes::new(), source, span);
        }
        Self {
            length: span.length,
            kind: Kind::Changed { source, span, word },
        }
    }

    pub(crate) fn frames(frames: Frames) -> Self {
        Self {
            length: frames.length(),
            kind: Kind::Frames(Box::new(frames)),
        }
    }

    /// How many bytes there are.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Whether a part can be read without what lies before it.
    pub fn has_parts(&self) -> bool {
        matches!(self.kind, Kind::Stored { .. })
    }

    /// All bytes.
    pub async fn whole(self) -> Result<Content, RetrieveError> {
        let length = self.length;
        let body = match self.kind {
            Kind::Stored { head, source, span } => stored(head, &source, span).await?,
            Kind::Changed { source, span, word } => {
                let mut cursor = source.cursor();
                outlet::body(move |outlet| async move {
                    convert::copy(&outlet, &mut cursor, span, word).await
                })
            }
            Kind::Frames(frames) => frames.value().body,
            Kind::Made(body) => body,
        };
        Ok(Content { length, body })
    }

    /// The bytes `range`, which must lie within. Only what [has parts](Self::has_parts) is read from
    /// there on; of all else everything comes.
    pub async fn part(self, range: Range<u64>) -> Result<Content, RetrieveError> {
        let Kind::Stored { head, source, span } = self.kind else {
            return self.whole().await;
        };
        let before = head.len() as u64;
        let length = range.end.min(self.length).saturating_sub(range.start);
        // At most the length of the head, which is in memory.
        let head = head.slice(range.start.min(before) as usize..range.end.min(before) as usize);
        let skipped = range.start.saturating_sub(before).min(span.length);
        let span = Span {
            offset: span.offset + skipped,
            length: length - head.len() as u64,
        };
        Ok(Content {
            length,
            body: stored(head, &source, span).await?,
        })
    }
}

impl From<Content> for Unread {
    fn from(content: Content) -> Self {
        Self {
            length: content.length,
            kind: Kind::Made(content.body),
        }
    }
}

async fn stored(head: Bytes, source: &Source, span: Span) -> Result<Body, RetrieveError> {
    let head = stream::iter((!head.is_empty()).then_some(Ok(head)));
    if span.length == 0 {
        return Ok(head.boxed());
    }
    let body = source.stored(span).await?;
    Ok(head.chain(body).boxed())
}

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unread")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
