//! Look-up tables (PS3.3 §C.11.1.1.1, §C.7.6.3.1.5).

/// A look-up table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// The first stored value that the table maps, its bits unsigned.
    first: u16,
    /// Bits of an entry.
    bits: u16,
    entries: Vec<u16>,
}

impl Table {
    /// Reads a table; none where descriptor and data do not fit.
    pub(super) fn new(descriptor: &[u8], data: &[u8], big_endian: bool) -> Option<Self> {
        let word = |bytes: &[u8]| {
            let bytes = [bytes[0], bytes[1]];
            if big_endian {
                u16::from_be_bytes(bytes)
            } else {
                u16::from_le_bytes(bytes)
            }
        };
        let descriptor: Vec<u16> = descriptor.chunks_exact(2).map(word).collect();
        let &[count, first, bits] = descriptor.as_slice() else {
            return None;
        };
        let count = if count == 0 {
            65_536
        } else {
            usize::from(count)
        };
        let padded = count + count % 2;
        let entries: Vec<u16> = if data.len() >= count * 2 {
            data.chunks_exact(2).map(word).take(count).collect()
        } else if data.len() >= count && data.len() <= padded {
            // Eight-bit entries, two in a word: in a big-endian word the second stands first.
            let at = |index: usize| if big_endian { index ^ 1 } else { index };
            (0..count)
                .map(|index| data.get(at(index)).copied().map(u16::from))
                .collect::<Option<_>>()?
        } else {
            return None;
        };
        (1..=16).contains(&bits).then_some(Self {
            first,
            bits,
            entries,
        })
    }

    /// The entry of a value; values before the first and after the last take theirs.
    pub(super) fn entry(&self, value: i64, signed: bool) -> u16 {
        let first = if signed {
            i64::from(self.first as i16)
        } else {
            i64::from(self.first)
        };
        let last = self.entries.len().saturating_sub(1);
        let index = usize::try_from(value.saturating_sub(first))
            .unwrap_or(0)
            .min(last);
        self.entries.get(index).copied().unwrap_or(0)
    }

    /// The greatest value that an entry may have.
    pub(super) fn maximum(&self) -> u16 {
        ((1_u32 << self.bits) - 1) as u16
    }

    /// The entry of a value, cut to 8 bits.
    pub(super) fn byte(&self, value: i64, signed: bool) -> u8 {
        let entry = self.entry(value, signed);
        // Some writers announce 16 bits and fill 8.
        let eight = self.bits <= 8 || self.entries.iter().all(|&entry| entry <= 255);
        if eight {
            entry as u8
        } else {
            (entry >> 8) as u8
        }
    }
}
