//! Rendered pixels against the formulas of the standard, computed here anew.

mod colours;
mod files;
mod graphics;
mod grays;
mod smaller;
mod states;

use dataset::{Element, Header, Tag, VR, Value};
use model::TransferSyntax;

use super::{LongValues, Picture, Presentation, Rendering};
use crate::{Frame, Photometric, Samples};

pub(super) fn element(tag: Tag, vr: VR, bytes: Vec<u8>) -> Element {
    Element {
        tag,
        vr,
        value: Value::Bytes(bytes),
    }
}

pub(super) fn text(group: u16, number: u16, vr: VR, text: &str) -> Element {
    element(Tag(group, number), vr, text.as_bytes().to_vec())
}

pub(super) fn shorts(group: u16, number: u16, values: &[i32]) -> Element {
    let bytes = values
        .iter()
        .flat_map(|&value| (value as u16).to_le_bytes());
    element(Tag(group, number), VR::US, bytes.collect())
}

pub(super) fn sequence(group: u16, number: u16, items: Vec<Vec<Element>>) -> Element {
    Element {
        tag: Tag(group, number),
        vr: VR::SQ,
        value: Value::Items(items),
    }
}

pub(super) fn header(elements: Vec<Element>) -> Header {
    Header::new(elements, TransferSyntax::explicit_little())
}

pub(super) fn presentation(elements: Vec<Element>) -> Presentation {
    Presentation::read(&header(elements), 0, &LongValues::new())
}

/// A frame of one row.
pub(super) fn row(samples: Samples, bits: u16, photometric: Photometric) -> Frame {
    let samples_per_pixel = photometric.samples().unwrap_or(3);
    Frame {
        rows: 1,
        columns: samples.len() as u32 / u32::from(samples_per_pixel),
        samples_per_pixel,
        bits_stored: bits,
        high_bit: bits - 1,
        whole: None,
        photometric,
        lossy: false,
        samples,
    }
}

pub(super) fn shown(frame: Frame, presentation: &Presentation, rendering: &Rendering) -> Picture {
    super::picture(frame, presentation, rendering, u64::MAX).unwrap()
}

/// The grays or colours of a frame of one row, as its header says.
pub(super) fn as_is(frame: Frame, presentation: &Presentation) -> Vec<u8> {
    shown(frame, presentation, &Rendering::default()).bytes
}
