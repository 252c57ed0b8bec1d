//! A long range as ranges of bounded length.

use std::ops::Range;

/// The ranges of at most `piece` bytes that make up `range`, in order; none for an empty one.
pub(crate) fn of(range: Range<u64>, piece: u64) -> impl Iterator<Item = Range<u64>> + Send {
    let end = range.end;
    (0..range.end.saturating_sub(range.start).div_ceil(piece)).map(move |index| {
        let start = range.start + index * piece;
        start..end.min(start + piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_up_the_range() {
        assert_eq!(of(5..25, 10).collect::<Vec<_>>(), [5..15, 15..25]);
        assert_eq!(of(0..11, 10).collect::<Vec<_>>(), [0..10, 10..11]);
        assert_eq!(of(7..7, 10).count(), 0);
    }
}
