//! Words put into the other byte order, across the pieces they come in.

use bytes::{Bytes, BytesMut};

/// Reverses the bytes of words of one size; what is left after the last whole word stays as it is.
#[derive(Debug)]
pub(crate) struct Swap {
    word: usize,
    carried: BytesMut,
}

impl Swap {
    /// For words of `word` bytes; 1: nothing is changed.
    pub(crate) fn new(word: u8) -> Self {
        Self {
            word: usize::from(word.max(1)),
            carried: BytesMut::new(),
        }
    }

    /// The next piece; up to a word of it is held back.
    pub(crate) fn piece(&mut self, piece: Bytes) -> Bytes {
        if self.word == 1 {
            return piece;
        }
        let mut bytes = std::mem::take(&mut self.carried);
        bytes.extend_from_slice(&piece);
        self.carried = bytes.split_off(bytes.len() - bytes.len() % self.word);
        for word in bytes.chunks_exact_mut(self.word) {
            word.reverse();
        }
        bytes.freeze()
    }

    /// What was held back.
    pub(crate) fn end(&mut self) -> Bytes {
        std::mem::take(&mut self.carried).freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_swapped_across_pieces() {
        let mut swap = Swap::new(4);
        let mut out = Vec::new();
        for piece in [&[1_u8, 2][..], &[3, 4, 5, 6, 7], &[8, 9]] {
            out.extend_from_slice(&swap.piece(Bytes::copy_from_slice(piece)));
        }
        out.extend_from_slice(&swap.end());
        assert_eq!(out, [4, 3, 2, 1, 8, 7, 6, 5, 9]);
    }
}
