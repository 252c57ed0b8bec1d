//! A deflated data set (PS3.5 §A.5) inflated as it is read.

use bytes::Bytes;
use flate2::{Decompress, FlushDecompress, Status};
use futures::TryStreamExt;

use crate::{Body, RetrieveError};

/// Bytes inflated at a time.
const PIECE: usize = 256 << 10;

/// A deflated data set on its way.
pub(super) struct Inflating {
    body: Body,
    input: Bytes,
    inflater: Decompress,
    /// Inflated and not yet taken.
    output: Bytes,
    /// Inflated bytes taken so far.
    position: u64,
    ended: bool,
}

impl Inflating {
    pub(super) fn new(body: Body) -> Self {
        Self {
            body,
            input: Bytes::new(),
            inflater: Decompress::new(false),
            output: Bytes::new(),
            position: 0,
            ended: false,
        }
    }

    /// Inflated bytes taken so far.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Passes over inflated bytes up to `offset`.
    pub(super) async fn skip_to(&mut self, offset: u64) -> Result<(), RetrieveError> {
        while self.position < offset {
            if self.next(offset - self.position).await?.is_none() {
                return Err(RetrieveError::Damaged {
                    reason: "the deflated data set ends before a value",
                });
            }
        }
        Ok(())
    }

    /// The next inflated bytes, at most `most`; none at the end.
    pub(super) async fn next(&mut self, most: u64) -> Result<Option<Bytes>, RetrieveError> {
        while self.output.is_empty() && !self.ended {
            if self.input.is_empty() {
                self.input = self.body.try_next().await?.unwrap_or_default();
            }
            self.inflate()?;
        }
        let take = self
            .output
            .len()
            .min(usize::try_from(most).unwrap_or(usize::MAX));
        let piece = self.output.split_to(take);
        self.position += take as u64;
        Ok((take > 0).then_some(piece))
    }

    fn inflate(&mut self) -> Result<(), RetrieveError> {
        let damaged = RetrieveError::Damaged {
            reason: "the deflated data set does not inflate",
        };
        let mut output = vec![0; PIECE];
        let (read, written) = (self.inflater.total_in(), self.inflater.total_out());
        let at_end = self.input.is_empty();
        let status = self
            .inflater
            .decompress(&self.input, &mut output, FlushDecompress::None);
        let Ok(status) = status else {
            return Err(damaged);
        };
        let read = (self.inflater.total_in() - read) as usize;
        let written = (self.inflater.total_out() - written) as usize;
        self.input = self.input.slice(read..);
        output.truncate(written);
        self.output = output.into();
        self.ended = matches!(status, Status::StreamEnd);
        if written == 0 && at_end && !self.ended {
            return Err(damaged);
        }
        Ok(())
    }
}
