//! Deflated data sets (PS3.5 §A.5): inflated through a buffer of fixed size.

use dicom_core::Tag;
use flate2::{Decompress, FlushDecompress, Status};

use super::machine::Machine;
use crate::DatasetError;

const BUFFER: usize = 64 << 10;

pub(super) struct Inflater {
    inflate: Decompress,
    buffer: Vec<u8>,
    ended: bool,
    limit: u64,
}

impl std::fmt::Debug for Inflater {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inflater")
            .field("inflated", &self.inflated())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

impl Inflater {
    pub(super) fn new(limit: u64) -> Self {
        Self {
            inflate: Decompress::new(false),
            buffer: vec![0; BUFFER],
            ended: false,
            limit,
        }
    }

    pub(super) fn inflated(&self) -> u64 {
        self.inflate.total_out()
    }

    pub(super) fn feed(
        &mut self,
        mut bytes: &[u8],
        machine: &mut Machine,
    ) -> Result<(), DatasetError> {
        // What follows the stream is padding to an even length.
        while !self.ended {
            let (consumed, produced) = (self.inflate.total_in(), self.inflate.total_out());
            let status = self
                .inflate
                .decompress(bytes, &mut self.buffer, FlushDecompress::None)
                .map_err(|source| DatasetError::Deflate {
                    offset: consumed,
                    source,
                })?;
            bytes = &bytes[(self.inflate.total_in() - consumed) as usize..];
            let made = (self.inflate.total_out() - produced) as usize;
            if self.inflated() > self.limit {
                return Err(DatasetError::Limit {
                    tag: Tag(0, 0),
                    offset: self.limit,
                    limit: "inflated bytes",
                    maximum: self.limit,
                });
            }
            machine.feed(&self.buffer[..made])?;
            match status {
                Status::StreamEnd => self.ended = true,
                // Until nothing more comes something may be left behind, whatever room the buffer had.
                _ if made == 0 && self.inflate.total_in() == consumed => break,
                _ => {}
            }
        }
        Ok(())
    }

    pub(super) fn finish(&self) -> Result<(), DatasetError> {
        if self.ended {
            Ok(())
        } else {
            Err(DatasetError::Truncated {
                tag: Tag(0, 0),
                offset: self.inflated(),
            })
        }
    }
}
