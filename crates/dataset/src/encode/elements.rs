//! Elements in little endian, explicit and implicit (PS3.5 §7.1).

use std::borrow::Cow;

use dicom_core::{Tag, VR};
use model::TransferSyntax;

use crate::{Element, Value, vr};

/// A length that is not told (PS3.5 §7.1.1).
pub(super) const UNDEFINED: u32 = u32::MAX;
pub(super) const ITEM: Tag = Tag(0xFFFE, 0xE000);
pub(super) const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
pub(super) const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);

/// Elements as a data set in `transfer_syntax` (implicit or explicit little endian), sequences and
/// items of defined length, values padded. For small data sets: identifiers, answers. Elements
/// whose values are not at hand (bulk, pixels) are left out.
pub fn elements(elements: &[Element], transfer_syntax: &TransferSyntax) -> Vec<u8> {
    let mut out = Vec::new();
    put_elements(&mut out, elements, transfer_syntax.is_implicit());
    out
}

fn put_elements(out: &mut Vec<u8>, elements: &[Element], implicit: bool) {
    for element in elements {
        match &element.value {
            Value::Bytes(bytes) => put_value(out, element.tag, element.vr, bytes, implicit),
            Value::Items(items) => {
                put_header(out, element.tag, VR::SQ, 0, implicit);
                let start = out.len();
                for item in items {
                    put_delimiter(out, ITEM, 0);
                    let item_start = out.len();
                    put_elements(out, item, implicit);
                    set_length(out, item_start);
                }
                set_length(out, start);
            }
            Value::Bulk { .. } | Value::Pixels | Value::Fragments { .. } => {}
        }
    }
}

/// Sets the 32-bit length just before `start` to what came after.
fn set_length(out: &mut [u8], start: usize) {
    let length = (out.len() - start) as u32;
    out[start - 4..start].copy_from_slice(&length.to_le_bytes());
}

/// An element with its value, padded to even length.
pub(super) fn put_value(out: &mut Vec<u8>, tag: Tag, vr: VR, bytes: &[u8], implicit: bool) {
    let padded = bytes.len() + bytes.len() % 2;
    put_header(out, tag, vr, padded as u32, implicit);
    out.extend_from_slice(bytes);
    if padded > bytes.len() {
        out.push(vr::padding(vr));
    }
}

/// The header of an element. A value too long for the short form of its VR goes out as UN
/// (PS3.5 §6.2.2 note).
pub(super) fn put_header(out: &mut Vec<u8>, tag: Tag, vr: VR, length: u32, implicit: bool) {
    out.extend(tag.0.to_le_bytes());
    out.extend(tag.1.to_le_bytes());
    if implicit {
        out.extend(length.to_le_bytes());
    } else {
        match u16::try_from(length) {
            Ok(length) if !vr::has_long_length(vr) => {
                out.extend(vr.to_bytes());
                out.extend(length.to_le_bytes());
            }
            _ => {
                let vr = if vr::has_long_length(vr) { vr } else { VR::UN };
                out.extend(vr.to_bytes());
                out.extend([0, 0]);
                out.extend(length.to_le_bytes());
            }
        }
    }
}

/// An item or delimiter.
pub(super) fn put_delimiter(out: &mut Vec<u8>, tag: Tag, length: u32) {
    put_header(out, tag, VR::UN, length, true);
}

/// A value in little endian.
pub(super) fn little(vr: VR, bytes: &[u8], big: bool) -> Cow<'_, [u8]> {
    if big && vr::word(vr) > 1 {
        let mut bytes = bytes.to_vec();
        vr::swap_words(&mut bytes, vr::word(vr));
        Cow::Owned(bytes)
    } else {
        Cow::Borrowed(bytes)
    }
}
