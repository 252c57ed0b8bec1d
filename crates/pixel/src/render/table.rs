//! Look-up tables (PS3.3 §C.11.1.1.1, §C.11.2.1.1, §C.7.6.3.1.5).

/// A look-up table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// The first value that the table maps.
    first: i64,
    /// Bits of an entry.
    bits: u16,
    entries: Vec<u16>,
}

impl Table {
    /// Reads a table; none where descriptor and data do not fit. `signed`: the first value mapped
    /// is two's complement.
    pub(super) fn new(
        descriptor: &[u16],
        data: &[u8],
        big_endian: bool,
        signed: bool,
    ) -> Option<Self> {
        let (count, first, bits) = described(descriptor, signed)?;
        let word = |bytes: &[u8]| {
            let bytes = [bytes[0], bytes[1]];
            if big_endian {
                u16::from_be_bytes(bytes)
            } else {
                u16::from_le_bytes(bytes)
            }
        };
        let padded = count + count % 2;
        let entries = if data.len() >= count * 2 {
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
        Some(Self {
            first,
            bits,
            entries,
        })
    }

    /// A table of entries that were segments; none where they are not as many as described.
    pub(super) fn of_entries(
        descriptor: &[u16],
        mut entries: Vec<u16>,
        signed: bool,
    ) -> Option<Self> {
        let (count, first, bits) = described(descriptor, signed)?;
        entries.truncate(count);
        (entries.len() == count).then_some(Self {
            first,
            bits,
            entries,
        })
    }

    /// The entry of a value; values before the first and after the last take theirs.
    pub(super) fn entry(&self, value: i64) -> u16 {
        let last = self.entries.len().saturating_sub(1);
        let index = usize::try_from(value.saturating_sub(self.first))
            .unwrap_or(0)
            .min(last);
        self.entries.get(index).copied().unwrap_or(0)
    }

    /// The entry at a share, from 0 to 1, of the table.
    pub(super) fn at_share(&self, share: f64) -> u16 {
        let last = self.entries.len().saturating_sub(1);
        let index = (share.clamp(0.0, 1.0) * last as f64).round() as usize;
        self.entries.get(index).copied().unwrap_or(0)
    }

    /// The first value that the table maps.
    pub(super) fn first(&self) -> i64 {
        self.first
    }

    /// The greatest value that an entry may have.
    pub(super) fn maximum(&self) -> u16 {
        ((1_u32 << self.bits) - 1) as u16
    }

    /// How far entries are shifted to be of 8 bits.
    pub(super) fn shift(&self) -> u16 {
        // Some writers announce 16 bits and fill 8.
        if self.entries.iter().all(|&entry| entry <= 255) {
            0
        } else {
            self.bits.saturating_sub(8)
        }
    }
}

/// Entries, the first value mapped, bits an entry.
fn described(descriptor: &[u16], signed: bool) -> Option<(usize, i64, u16)> {
    let &[count, first, bits] = descriptor else {
        return None;
    };
    let count = if count == 0 { 65_536 } else { count.into() };
    let first = if signed {
        i64::from(first as i16)
    } else {
        i64::from(first)
    };
    (1..=16).contains(&bits).then_some((count, first, bits))
}
