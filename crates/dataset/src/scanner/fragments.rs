//! A run of fragments: encapsulated pixel data while it is read (PS3.5 §A.4).

use dicom_core::{Tag, VR};

use super::{
    element_header::{ElementHeader, ITEM, SEQUENCE_END, UNDEFINED},
    pixels::{Encapsulated, FoundPixels},
};
use crate::{Element, Limits, Value, frames::Fragments};

#[derive(Debug)]
pub(super) struct FragmentRun {
    tag: Tag,
    vr: VR,
    start: u64,
    /// Pixel data of the data set itself: where the fragments lie is kept.
    pixels: bool,
    /// Where it ends, for one that has a defined length against the rules.
    pub(super) known_end: Option<u64>,
    begun: bool,
    table: Vec<u8>,
    fragments: Fragments,
    /// The fragments that a codestream begins with.
    starts: Vec<u32>,
}

/// What an item of the run asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Its bytes are the Basic Offset Table.
    Keep(u32),
    /// Its bytes stay in the data set.
    Skip(u32),
    /// The run is over.
    End,
    /// There are more fragments than allowed.
    TooMany,
    /// It is no item of known length.
    NotAnItem,
}

impl FragmentRun {
    pub(super) fn new(tag: Tag, vr: VR, start: u64, pixels: bool) -> Self {
        Self {
            tag,
            vr,
            start,
            pixels,
            known_end: None,
            begun: false,
            table: Vec::new(),
            fragments: Fragments::default(),
            starts: Vec::new(),
        }
    }

    /// Takes an item header whose value begins at `value`, with the bytes `begin`.
    pub(super) fn item(
        &mut self,
        header: &ElementHeader,
        value: u64,
        begin: &[u8],
        limits: &Limits,
    ) -> Step {
        match *header {
            ElementHeader {
                tag: SEQUENCE_END, ..
            } => Step::End,
            ElementHeader {
                tag: ITEM, length, ..
            } if length != UNDEFINED => {
                if !std::mem::replace(&mut self.begun, true) {
                    let keep = self.pixels && length > 0 && length / 4 <= limits.fragments;
                    return if keep {
                        Step::Keep(length)
                    } else {
                        Step::Skip(length)
                    };
                }
                if self.pixels {
                    if self.fragments.len() >= limits.fragments as usize {
                        return Step::TooMany;
                    }
                    if length > 0 && begins_codestream(begin) {
                        self.starts.push(self.fragments.len() as u32);
                    }
                    self.fragments.push(value, length);
                }
                Step::Skip(length)
            }
            _ => Step::NotAnItem,
        }
    }

    /// Takes the Basic Offset Table.
    pub(super) fn table(&mut self, bytes: Vec<u8>) {
        self.table = bytes;
    }

    /// The element that the run was, and the pixel data if it was that; it ends at `end`.
    pub(super) fn end(self, end: u64) -> (Element, Option<FoundPixels>) {
        let Self { tag, vr, start, .. } = self;
        let value = if self.pixels {
            Value::Pixels
        } else {
            Value::Fragments {
                offset: start,
                length: end - start,
            }
        };
        let pixels = self.pixels.then(|| {
            FoundPixels::encapsulated(
                tag,
                vr,
                start,
                Encapsulated {
                    table: self.table,
                    fragments: self.fragments,
                    starts: self.starts,
                },
            )
        });
        (Element { tag, vr, value }, pixels)
    }
}

/// JPEG and JPEG-LS (SOI), JPEG 2000 (SOC) and JPEG XL codestreams.
fn begins_codestream(bytes: &[u8]) -> bool {
    matches!(bytes, [0xFF, 0xD8 | 0x4F | 0x0A, ..])
}
