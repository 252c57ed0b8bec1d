//! A run of fragments: encapsulated pixel data while it is read (PS3.5 §A.4).

use dicom_core::{Tag, VR};

use super::{
    element_header::{ElementHeader, ITEM, SEQUENCE_END, UNDEFINED},
    pixels::FoundPixels,
};
use crate::{Element, Limits, Value, frames::Fragments};

#[derive(Debug)]
pub(super) struct FragmentRun {
    tag: Tag,
    vr: VR,
    start: u64,
    /// Pixel data of the data set itself: where the fragments lie is kept.
    pixels: bool,
    begun: bool,
    table: Vec<u8>,
    fragments: Fragments,
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
            begun: false,
            table: Vec::new(),
            fragments: Fragments::default(),
        }
    }

    /// Takes an item header whose value begins at `value`.
    pub(super) fn item(&mut self, header: &ElementHeader, value: u64, limits: &Limits) -> Step {
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
        let pixels = self
            .pixels
            .then(|| FoundPixels::encapsulated(tag, vr, start, self.table, self.fragments));
        (Element { tag, vr, value }, pixels)
    }
}
