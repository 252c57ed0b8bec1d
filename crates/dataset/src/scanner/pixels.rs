//! From the pixel data that was found to its frames (PS3.3 §C.7.6.3, PS3.5 §8, §A.4).

use dicom_core::{Tag, VR};
use model::TransferSyntax;

use crate::{FrameTable, Header, PixelData, Value, frames::Fragments};

/// Pixel data as it was met, before the rest of the data set is known.
#[derive(Debug)]
pub(super) struct FoundPixels {
    tag: Tag,
    vr: VR,
    offset: u64,
    form: Form,
}

#[derive(Debug)]
enum Form {
    Native { length: u64 },
    Encapsulated(Encapsulated),
}

/// The parts of encapsulated pixel data.
#[derive(Debug)]
pub(super) struct Encapsulated {
    /// The Basic Offset Table.
    pub(super) table: Vec<u8>,
    pub(super) fragments: Fragments,
    /// The fragments that a codestream begins with.
    pub(super) starts: Vec<u32>,
}

impl FoundPixels {
    pub(super) fn native(tag: Tag, vr: VR, offset: u64, length: u64) -> Self {
        let form = Form::Native { length };
        Self {
            tag,
            vr,
            offset,
            form,
        }
    }

    pub(super) fn encapsulated(tag: Tag, vr: VR, offset: u64, parts: Encapsulated) -> Self {
        let form = Form::Encapsulated(parts);
        Self {
            tag,
            vr,
            offset,
            form,
        }
    }

    pub(super) fn resolve(self, header: &Header) -> PixelData {
        let frames = header
            .number(Tag(0x0028, 0x0008))
            .and_then(|frames| u32::try_from(frames).ok())
            .filter(|&frames| frames > 0)
            .unwrap_or(1);
        let (length, frames) = match self.form {
            Form::Native { length } => {
                let frame_bits = frame_bits(header, self.tag).unwrap_or(0);
                let held = (length * 8).checked_div(frame_bits).unwrap_or(0);
                let table = FrameTable::Native {
                    offset: self.offset,
                    frame_bits,
                    count: u64::from(frames).min(held) as u32,
                };
                (Some(length), table)
            }
            Form::Encapsulated(parts) => {
                let firsts = parts.firsts(header, frames as usize);
                let table = FrameTable::Encapsulated(parts.fragments.grouped(firsts));
                (None, table)
            }
        };
        PixelData {
            tag: self.tag,
            vr: self.vr,
            offset: self.offset,
            length,
            frames,
        }
    }
}

impl Encapsulated {
    /// The first fragment of each frame; none: one fragment a frame. Tables are believed where
    /// they point at fragments; else the count of fragments decides, then the codestreams.
    fn firsts(&self, header: &Header, frames: usize) -> Option<Vec<u32>> {
        let fragments = &self.fragments;
        if is_video(&header.transfer_syntax) {
            return Some(vec![0]);
        }
        let fits = |firsts: &Vec<u32>| firsts.len() == frames;
        let basic = || basic_table(&self.table, fragments);
        if let Some(firsts) = extended_table(header, fragments).or_else(|| basic().filter(fits)) {
            return Some(firsts);
        }
        match fragments.len() {
            count if count == frames => None,
            _ if frames == 1 => Some(vec![0]),
            _ => Some(self.starts.clone())
                .filter(|starts| fits(starts) && starts[0] == 0)
                .or_else(basic),
        }
    }
}

/// Bits of one native frame; none where an attribute is missing or absurd.
fn frame_bits(header: &Header, tag: Tag) -> Option<u64> {
    let positive = |tag| {
        header
            .number(tag)
            .and_then(|number| u64::try_from(number).ok())
            .filter(|&number| number > 0)
    };
    let bits = match tag {
        Tag(0x7FE0, 0x0008) => 32,
        Tag(0x7FE0, 0x0009) => 64,
        _ => positive(Tag(0x0028, 0x0100))?,
    };
    let pixels = positive(Tag(0x0028, 0x0010))? * positive(Tag(0x0028, 0x0011))?;
    let samples = positive(Tag(0x0028, 0x0002)).unwrap_or(1);
    // Pixels, rows and columns are 16-bit numbers, samples too: no overflow with bits checked.
    let full = pixels.checked_mul(samples)?.checked_mul(bits)?;
    Some(match header.text(Tag(0x0028, 0x0004)).as_deref() {
        // Two of three samples are left (PS3.3 §C.7.6.3.1.2).
        Some("YBR_FULL_422" | "YBR_PARTIAL_422") if samples == 3 => full / 3 * 2,
        Some("YBR_PARTIAL_420") if samples == 3 => full / 2,
        _ => full,
    })
}

/// MPEG-2, MPEG-4 and HEVC: the fragments are one stream (PS3.5 §8.2.5–8.2.8).
fn is_video(transfer_syntax: &TransferSyntax) -> bool {
    transfer_syntax
        .as_str()
        .strip_prefix("1.2.840.10008.1.2.4.10")
        .is_some_and(|rest| {
            rest.chars()
                .next()
                .is_some_and(|digit| digit.is_ascii_digit())
        })
}

/// Extended Offset Table (7FE0,0001): 64-bit offsets, one fragment a frame.
fn extended_table(header: &Header, fragments: &Fragments) -> Option<Vec<u32>> {
    let Value::Bytes(bytes) = &header.element(Tag(0x7FE0, 0x0001))?.value else {
        return None;
    };
    let offsets = bytes
        .chunks_exact(8)
        .map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default()));
    firsts(offsets, fragments)
}

/// Basic Offset Table: 32-bit offsets (PS3.5 §A.4).
fn basic_table(table: &[u8], fragments: &Fragments) -> Option<Vec<u32>> {
    let offsets = table
        .chunks_exact(4)
        .map(|word| u64::from(u32::from_le_bytes(word.try_into().unwrap_or_default())));
    firsts(offsets, fragments)
}

/// The fragments that the offsets point at; none unless the first points at the first fragment and
/// each at a later one.
fn firsts(offsets: impl Iterator<Item = u64>, fragments: &Fragments) -> Option<Vec<u32>> {
    let mut index = 0;
    let mut firsts = Vec::new();
    for offset in offsets {
        index = fragments.starting_at(offset, index)?;
        firsts.push(index);
        index += 1;
    }
    (firsts.first() == Some(&0)).then_some(firsts)
}
