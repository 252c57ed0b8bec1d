//! Segmented palettes (PS3.3 §C.7.9.2).

/// More entries than any palette has.
const MOST_ENTRIES: usize = 65_536;

/// The entries of a segmented palette; none where a segment is not whole, unknown, or refers to what
/// is not there. `words`: the data, one value a word, also where values are of 8 bits; `wide`: they
/// are of 16 bits.
pub(super) fn expand(words: &[u16], wide: bool) -> Option<Vec<u16>> {
    let mut entries = Vec::new();
    let mut at = 0;
    while at < words.len() && entries.len() < MOST_ENTRIES {
        // An odd number of bytes was padded.
        if at + 1 == words.len() && words[at] == 0 {
            break;
        }
        let direct = *words.get(at)? != INDIRECT;
        at = if direct {
            segment(words, at, &mut entries)?
        } else {
            indirect(words, at, wide, &mut entries)?
        };
    }
    Some(entries)
}

const DISCRETE: u16 = 0;
const LINEAR: u16 = 1;
const INDIRECT: u16 = 2;

/// Appends the entries of the segment at `at`; where the next begins.
fn segment(words: &[u16], at: usize, entries: &mut Vec<u16>) -> Option<usize> {
    let length = usize::from(*words.get(at + 1)?);
    match *words.get(at)? {
        // §C.7.9.2.1: as many values.
        DISCRETE => {
            entries.extend_from_slice(words.get(at + 2..at + 2 + length)?);
            Some(at + 2 + length)
        }
        // §C.7.9.2.2: a line from the last entry, which is not repeated, to the value given.
        LINEAR => {
            let end = f64::from(*words.get(at + 2)?);
            let start = f64::from(*entries.last()?);
            let step = (end - start) / length as f64;
            entries.extend((1..=length).map(|index| (start + step * index as f64).round() as u16));
            Some(at + 3)
        }
        _ => None,
    }
}

/// §C.7.9.2.3: copies of segments that begin at a byte offset, whose low word comes first.
fn indirect(words: &[u16], at: usize, wide: bool, entries: &mut Vec<u16>) -> Option<usize> {
    let count = *words.get(at + 1)?;
    let (offset, next) = if wide {
        let (low, high) = (*words.get(at + 2)?, *words.get(at + 3)?);
        let bytes = usize::from(low) | usize::from(high) << 16;
        (bytes / 2, at + 4)
    } else {
        let bytes = words.get(at + 2..at + 6)?;
        let offset = bytes
            .iter()
            .rev()
            .fold(0, |offset, &byte| offset << 8 | usize::from(byte));
        (offset, at + 6)
    };
    let mut from = offset;
    for _ in 0..count {
        if entries.len() > MOST_ENTRIES {
            return None;
        }
        from = segment(words, from, entries)?;
    }
    Some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_values_lines_and_copies() {
        // Two values, a line of four to 50, then both segments once more.
        let words = [0, 2, 5, 10, 1, 4, 50, 2, 2, 0, 0];
        let once = [5, 10, 20, 30, 40, 50];
        assert_eq!(expand(&words, true), Some([once, once].concat()));
        let narrow = [0, 2, 5, 10, 1, 4, 50, 2, 2, 0, 0, 0, 0, 0];
        assert_eq!(expand(&narrow, false), Some([once, once].concat()));
    }

    #[test]
    fn what_is_not_whole_is_no_palette() {
        for words in [
            &[0, 3, 1, 2][..],
            &[1, 4, 50],
            &[7, 1, 1],
            &[0, 1, 9, 2, 1, 4, 0],
            &[2, 1, 100, 0],
        ] {
            assert_eq!(expand(words, true), None, "{words:?}");
        }
    }
}
