//! Overlay planes (PS3.3 §C.9.2), also those in bits of the pixel data that hold no value (retired,
//! PS3.5 §8.1.2 of older editions).

use dataset::Tag;

use super::{level::Level, picture::Picture, sample::each};
use crate::Frame;

/// An overlay of one frame.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Overlay {
    rows: u32,
    columns: u32,
    /// The row and the column of the image, from 1, where its first pixel lies.
    origin: (i64, i64),
    plane: Plane,
}

#[derive(Clone, Debug, PartialEq)]
enum Plane {
    /// Bits of its own, the least significant first, from a bit of the first byte on.
    Packed { bytes: Vec<u8>, start: usize },
    /// A bit of each word of the image's pixels.
    Embedded { bit: u32 },
}

/// The gray of an overlay's pixels.
const WHITE: u8 = 255;

impl Overlay {
    /// Whether a group is one of overlays.
    pub(super) fn is_group(group: u16) -> bool {
        (0x6000..=0x601E).contains(&group) && group.is_multiple_of(2)
    }

    /// The graphics overlays of frame `index0`; regions of interest are no part of the picture.
    pub(super) fn all(top: &Level<'_>, index0: u32) -> Vec<Self> {
        let groups = (0x6000..=0x601E).step_by(2);
        groups
            .filter(|&group| top.has(Tag(group, 0x0010)))
            .filter_map(|group| Self::read(top, group, index0))
            .collect()
    }

    fn read(top: &Level<'_>, group: u16, index0: u32) -> Option<Self> {
        if top.text(Tag(group, 0x0040))?.trim() != "G" {
            return None;
        }
        let side = |element| {
            let side = top.integer(Tag(group, element))?;
            u16::try_from(side).ok().filter(|&side| side > 0)
        };
        let (rows, columns) = (side(0x0010)?, side(0x0011)?);
        let origin = match top.integers(Tag(group, 0x0050))[..] {
            [row, column, ..] => (row, column),
            _ => (1, 1),
        };
        // An overlay of one plane without a number of frames is on each frame.
        let plane = match top.integer(Tag(group, 0x0015)) {
            None => 0,
            Some(count) => {
                let first = top.integer(Tag(group, 0x0051)).unwrap_or(1);
                let plane = i64::from(index0) + 1 - first;
                (0..count).contains(&plane).then_some(plane as usize)?
            }
        };
        let plane = match top.bytes(Tag(group, 0x3000)) {
            Some(bytes) => {
                let bits = usize::from(rows) * usize::from(columns);
                let (from, to) = (plane * bits, (plane + 1) * bits);
                let swapped = usize::from(top.is_big_endian());
                let bytes: Option<_> = (from / 8..to.div_ceil(8))
                    .map(|index| bytes.get(index ^ swapped).copied())
                    .collect();
                Plane::Packed {
                    bytes: bytes?,
                    start: from % 8,
                }
            }
            None => Plane::Embedded {
                bit: u32::try_from(top.integer(Tag(group, 0x0102))?).ok()?,
            },
        };
        Some(Self {
            rows: rows.into(),
            columns: columns.into(),
            origin,
            plane,
        })
    }

    /// Takes out of the frame's words, as they were decoded, what of it lies there.
    #[expect(
        clippy::unnecessary_cast,
        reason = "one of the sample types is i64 itself"
    )]
    pub(super) fn lifted(&self, frame: &Frame) -> Self {
        let Plane::Embedded { bit } = self.plane else {
            return self.clone();
        };
        let bits = |words: &mut dyn Iterator<Item = i64>| {
            let mut bytes = vec![0; frame.pixels().div_ceil(8)];
            for (index, word) in words.enumerate().filter(|_| bit < 64) {
                bytes[index / 8] |= ((word >> bit & 1) as u8) << (index % 8);
            }
            bytes
        };
        let is_outside = bit > u32::from(frame.high_bit)
            || bit + u32::from(frame.bits_stored) <= u32::from(frame.high_bit);
        let fits = frame.samples_per_pixel == 1 && !frame.samples.is_float() && is_outside;
        let bytes = if fits {
            each!(&frame.samples, samples => bits(&mut samples.iter().map(|&sample| sample as i64)))
        } else {
            Vec::new()
        };
        Self {
            rows: frame.rows,
            columns: frame.columns,
            plane: Plane::Packed { bytes, start: 0 },
            ..*self
        }
    }

    /// Draws it in white.
    pub(super) fn draw(&self, picture: &mut Picture) {
        let Plane::Packed { bytes, start } = &self.plane else {
            return;
        };
        let (top, left) = (self.origin.0 - 1, self.origin.1 - 1);
        for row in 0..self.rows {
            for column in 0..self.columns {
                let bit = start + row as usize * self.columns as usize + column as usize;
                let byte = bytes.get(bit / 8).copied().unwrap_or(0);
                if byte >> (bit % 8) & 1 == 1 {
                    picture.set(left + i64::from(column), top + i64::from(row), WHITE);
                }
            }
        }
    }
}
