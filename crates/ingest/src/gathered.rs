//! Long chunks out of short ones.

use bytes::{Bytes, BytesMut};

/// A chunk shorter than this is gathered with its neighbours.
const SHORT: usize = 4 << 10;
/// So much is gathered.
const ENOUGH: usize = 64 << 10;

/// Gathers short chunks: a peer may send a data set byte by byte, and each chunk that is kept costs
/// its holder more than its bytes.
#[derive(Debug, Default)]
pub(crate) struct Gathered(BytesMut);

impl Gathered {
    /// Takes a chunk; gives what is long enough to be handed on, at most two and in order.
    pub(crate) fn push(&mut self, chunk: Bytes) -> [Option<Bytes>; 2] {
        if chunk.len() < SHORT {
            self.0.extend_from_slice(&chunk);
            let enough = self.0.len() >= ENOUGH;
            return [enough.then(|| self.0.split().freeze()), None];
        }
        let before = (!self.0.is_empty()).then(|| self.0.split().freeze());
        [before, Some(chunk)]
    }

    /// What is left at the end.
    pub(crate) fn rest(self) -> Bytes {
        self.0.freeze()
    }
}
