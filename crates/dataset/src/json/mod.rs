//! The DICOM JSON model (PS3.18 §F).

mod base64;
mod read;
#[cfg(test)]
mod tests;
mod write;

use dicom_core::Tag;

use crate::{Charset, Element, Header, Value};

/// A data set, or an item of a sequence, as DICOM JSON: attributes by eight hexadecimal digits.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;

/// The longest binary value that is given in line as base64 rather than by a URI.
const INLINE_BINARY: usize = 64;

/// Specific Character Set (0008,0005).
const SPECIFIC_CHARACTER_SET: Tag = Tag(0x0008, 0x0005);

/// The whole header (PS3.18 §F.2). Long values and pixel data become
/// `{"vr", "BulkDataURI": "bulkdata/<path>"}`, where the path is tags and item numbers counted from
/// 1: `7FE00010`, `00400555/1/54001010`. Group lengths are left out; text is UTF-8 and (0008,0005)
/// says so.
pub fn header(h: &Header) -> JsonObject {
    write::Writer::new(h).object(&h.elements, h.charset())
}

/// Those of `tags` that the header has.
pub fn select(h: &Header, tags: &[Tag]) -> JsonObject {
    let elements = tags.iter().filter_map(|&tag| h.element(tag));
    write::Writer::new(h).object(elements, h.charset())
}

/// The element that the path of a bulk data URI names (`00400555/1/54001010`).
pub fn locate<'h>(h: &'h Header, path: &str) -> Option<&'h Element> {
    let mut elements = &h.elements;
    let mut parts = path.split('/');
    loop {
        let tag = parse_tag(parts.next()?)?;
        let element = elements.iter().find(|element| element.tag == tag)?;
        let Some(number) = parts.next() else {
            return Some(element);
        };
        let Value::Items(items) = &element.value else {
            return None;
        };
        elements = items.get(number.parse::<usize>().ok()?.checked_sub(1)?)?;
    }
}

/// JSON attributes as elements in tag order, text encoded in `charset`, numbers little endian.
/// Characters that `charset` lacks become `?`. Specific Character Set (0008,0005) is set to
/// `charset` where a text is not ASCII or the attribute is there. Attributes whose value is bulk
/// data, or is not what their VR asks for, are left out.
pub fn to_elements(attributes: &JsonObject, charset: &Charset) -> Vec<Element> {
    read::elements(attributes, charset)
}

/// A tag as PS3.18 §F.2.2 writes it: `GGGGEEEE`.
pub fn tag_key(tag: Tag) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let number = u32::from(tag.0) << 16 | u32::from(tag.1);
    (0..8)
        .rev()
        .map(|place| char::from(DIGITS[(number >> (4 * place) & 15) as usize]))
        .collect()
}

/// Reads eight hexadecimal digits.
pub fn parse_tag(key: &str) -> Option<Tag> {
    if key.len() != 8 || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let number = u32::from_str_radix(key, 16).ok()?;
    Some(Tag((number >> 16) as u16, number as u16))
}
