//! Where the frames of pixel data lie (PS3.5 §8, §A.4).

use dicom_core::{Tag, VR};

use crate::DatasetError;

/// A run of bytes of the (inflated) data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte, counted from the start of the data set.
    pub offset: u64,
    /// How many bytes.
    pub length: u64,
}

/// The pixel data of a data set: (7FE0,0010), (7FE0,0008) or (7FE0,0009) at top level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PixelData {
    /// Which of the three.
    pub tag: Tag,
    /// Its value representation.
    pub vr: VR,
    /// Where its value begins in the (inflated) data set.
    pub offset: u64,
    /// Bytes of a native value; none: encapsulated.
    pub length: Option<u64>,
    /// Where the frames lie.
    pub frames: FrameTable,
}

/// Where each frame lies in the (inflated) data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameTable {
    /// Frames of equal size, one after the other without padding.
    Native {
        /// Where the first begins.
        offset: u64,
        /// Bits of one frame; 1-bit frames need not end on a byte.
        frame_bits: u64,
        /// How many whole frames the value holds, at most Number of Frames (0028,0008).
        count: u32,
    },
    /// Compressed frames of one fragment or more each.
    Encapsulated(Fragments),
}

/// The fragments of encapsulated pixel data, item headers excluded, and which frame each is part of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fragments {
    offsets: Vec<u64>,
    lengths: Vec<u32>,
    /// Index of the first fragment of each frame; none: one fragment a frame.
    firsts: Option<Vec<u32>>,
}

impl Fragments {
    /// How many fragments there are.
    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.offsets.is_empty()
    }

    /// Adds a fragment whose bytes begin at `offset`.
    pub(crate) fn push(&mut self, offset: u64, length: u32) {
        self.offsets.push(offset);
        self.lengths.push(length);
    }

    /// The same fragments with the first fragment of each frame told; none: one fragment a frame.
    pub(crate) fn grouped(mut self, firsts: Option<Vec<u32>>) -> Self {
        let one_each = |firsts: &Vec<u32>| firsts.len() == self.len();
        self.firsts = firsts.filter(|firsts| !one_each(firsts) && !self.is_empty());
        self
    }

    /// The fragment whose item begins `offset` bytes after the first one's, sought from `from` on.
    pub(crate) fn starting_at(&self, offset: u64, from: u32) -> Option<u32> {
        let target = self.offsets.first()?.checked_add(offset)?;
        let rest = self.offsets.get(from as usize..)?;
        let found = rest.binary_search(&target).ok()?;
        Some(from + found as u32)
    }

    fn frames(&self) -> u32 {
        match &self.firsts {
            Some(firsts) => firsts.len() as u32,
            None => self.offsets.len() as u32,
        }
    }

    fn frame(&self, index0: u32) -> Option<Vec<Span>> {
        if index0 >= self.frames() {
            return None;
        }
        let index = index0 as usize;
        let range = match &self.firsts {
            None => index..index + 1,
            Some(firsts) => {
                let end = firsts
                    .get(index + 1)
                    .map_or(self.len(), |&end| end as usize);
                firsts[index] as usize..end
            }
        };
        let spans = range.map(|fragment| Span {
            offset: self.offsets[fragment],
            length: self.lengths[fragment].into(),
        });
        Some(spans.collect())
    }
}

impl FrameTable {
    /// How many frames there are.
    pub fn count(&self) -> u32 {
        match self {
            Self::Native { count, .. } => *count,
            Self::Encapsulated(fragments) => fragments.frames(),
        }
    }

    /// The spans that make up a frame, counted from 0; none past the last. A frame of 1-bit pixels
    /// begins in the first byte of its span, at bit `index0 × frame_bits % 8`.
    pub fn frame(&self, index0: u32) -> Option<Vec<Span>> {
        match self {
            Self::Encapsulated(fragments) => fragments.frame(index0),
            &Self::Native {
                offset,
                frame_bits,
                count,
            } => (index0 < count).then(|| {
                let start = u64::from(index0) * frame_bits;
                let first = start / 8;
                let end = (start + frame_bits).div_ceil(8);
                vec![Span {
                    offset: offset + first,
                    length: end - first,
                }]
            }),
        }
    }

    /// The table as it is kept in the index: a kind byte, then variable-length numbers.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        match self {
            Self::Native {
                offset,
                frame_bits,
                count,
            } => {
                out.push(NATIVE);
                for number in [*offset, *frame_bits, u64::from(*count)] {
                    put(&mut out, number);
                }
            }
            Self::Encapsulated(fragments) => {
                out.push(ENCAPSULATED);
                put(&mut out, fragments.len() as u64);
                let mut end = 0;
                for (&offset, &length) in fragments.offsets.iter().zip(&fragments.lengths) {
                    put(&mut out, offset - end);
                    put(&mut out, length.into());
                    end = offset + u64::from(length);
                }
                if let Some(firsts) = &fragments.firsts {
                    let mut previous = 0;
                    for &first in firsts {
                        put(&mut out, u64::from(first - previous));
                        previous = first;
                    }
                }
            }
        }
        out
    }

    /// Reads what [`FrameTable::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DatasetError> {
        read(bytes).ok_or(DatasetError::FrameTable)
    }
}

const NATIVE: u8 = 0;
const ENCAPSULATED: u8 = 1;

fn read(bytes: &[u8]) -> Option<FrameTable> {
    let (&kind, mut rest) = bytes.split_first()?;
    let table = match kind {
        NATIVE => {
            let offset: u64 = take(&mut rest)?;
            let frame_bits: u64 = take(&mut rest)?;
            let count: u32 = take(&mut rest)?.try_into().ok()?;
            frame_bits
                .checked_mul(count.into())
                .and_then(|bits| bits.checked_add(offset))?;
            FrameTable::Native {
                offset,
                frame_bits,
                count,
            }
        }
        ENCAPSULATED => {
            let count = usize::try_from(take(&mut rest)?).ok()?;
            // Two bytes a fragment at least: no trust in the count.
            if count > rest.len() / 2 {
                return None;
            }
            let mut fragments = Fragments {
                offsets: Vec::with_capacity(count),
                lengths: Vec::with_capacity(count),
                firsts: None,
            };
            let mut end = 0_u64;
            for _ in 0..count {
                let offset = end.checked_add(take(&mut rest)?)?;
                let length = u32::try_from(take(&mut rest)?).ok()?;
                fragments.push(offset, length);
                end = offset.checked_add(length.into())?;
            }
            if !rest.is_empty() {
                fragments.firsts = Some(read_firsts(&mut rest, count)?);
            }
            FrameTable::Encapsulated(fragments)
        }
        _ => return None,
    };
    rest.is_empty().then_some(table)
}

fn read_firsts(rest: &mut &[u8], fragments: usize) -> Option<Vec<u32>> {
    let mut firsts = Vec::new();
    let mut previous = 0_u64;
    while !rest.is_empty() {
        let step = take(rest)?;
        let first = previous.checked_add(step)?;
        if first >= fragments as u64 || (step == 0) != firsts.is_empty() {
            return None;
        }
        firsts.push(first as u32);
        previous = first;
    }
    Some(firsts)
}

/// Seven bits a byte, least significant first, the top bit set on all but the last.
fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragments(firsts: Option<Vec<u32>>) -> FrameTable {
        let mut fragments = Fragments::default();
        for (offset, length) in [(1000, 10), (1018, 300), (1326, 0), (1334, 7)] {
            fragments.push(offset, length);
        }
        FrameTable::Encapsulated(fragments.grouped(firsts))
    }

    #[test]
    fn tables_read_back() {
        let native = FrameTable::Native {
            offset: 1 << 40,
            frame_bits: 512 * 512 * 16,
            count: 300,
        };
        for table in [native, fragments(None), fragments(Some(vec![0, 3]))] {
            let bytes = table.to_bytes();
            assert_eq!(FrameTable::from_bytes(&bytes).unwrap(), table);
            for end in 0..bytes.len() {
                // Shorter ones are refused or are another table; none panics.
                let _ = FrameTable::from_bytes(&bytes[..end]);
            }
        }
        assert!(FrameTable::from_bytes(&[1, 0xFF, 0xFF, 0xFF, 0x7F]).is_err());
    }

    #[test]
    fn the_fragments_of_a_frame_are_those_up_to_the_next_frame() {
        let table = fragments(Some(vec![0, 3]));
        assert_eq!(table.count(), 2);
        assert_eq!(table.frame(0).unwrap().len(), 3);
        let last = Span {
            offset: 1334,
            length: 7,
        };
        assert_eq!(table.frame(1).unwrap(), [last]);
        assert_eq!(table.frame(2), None);
    }

    #[test]
    fn one_bit_frames_share_a_byte() {
        let table = FrameTable::Native {
            offset: 100,
            frame_bits: 15,
            count: 2,
        };
        let span = |offset, length| vec![Span { offset, length }];
        assert_eq!(table.frame(0).unwrap(), span(100, 2));
        assert_eq!(table.frame(1).unwrap(), span(101, 3));
    }
}
