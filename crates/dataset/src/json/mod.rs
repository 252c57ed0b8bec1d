//! The DICOM JSON model (PS3.18 §F).

mod base64;
mod number;
mod read;
#[cfg(test)]
mod tests;
mod write;

use dicom_core::Tag;

use crate::{Charset, DatasetError, Element, Header, Value};

/// A data set, or an item of a sequence, as DICOM JSON: attributes by eight hexadecimal digits.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;

/// The longest binary value that is given in line as base64 rather than by a URI.
const INLINE_BINARY: usize = 64;

/// Specific Character Set (0008,0005).
const SPECIFIC_CHARACTER_SET: Tag = Tag(0x0008, 0x0005);

/// The whole header as JSON text (PS3.18 §F.2). Long values and pixel data become
/// `{"vr", "BulkDataURI": "bulkdata/<path>"}`, where the path is tags and item numbers counted from
/// 1: `7FE00010`, `00400555/1/54001010`. Group lengths are left out, and items of sequences nested
/// more than 40 deep, which readers of JSON refuse; text is UTF-8 and (0008,0005) says so.
pub fn header_text(h: &Header) -> String {
    let mut writer = write::Writer::new(h);
    writer.object(h.elements.iter(), h.charset());
    writer.into_text()
}

/// [`header_text`] as an object.
pub fn header(h: &Header) -> JsonObject {
    parse(&header_text(h))
}

/// Those of `tags` that the header has, as JSON text.
pub fn select_text(h: &Header, tags: &[Tag]) -> String {
    let elements = &h.elements;
    let sorted = elements.is_sorted_by_key(|element| element.tag);
    let find = |&tag: &Tag| {
        if sorted {
            // The first of equal ones, as in Header::element.
            let at = elements.partition_point(|element| element.tag < tag);
            elements.get(at).filter(|element| element.tag == tag)
        } else {
            h.element(tag)
        }
    };
    let mut writer = write::Writer::new(h);
    writer.object(tags.iter().filter_map(find), h.charset());
    writer.into_text()
}

/// [`select_text`] as an object.
pub fn select(h: &Header, tags: &[Tag]) -> JsonObject {
    parse(&select_text(h, tags))
}

fn parse(text: &str) -> JsonObject {
    serde_json::from_str(text).expect("the writer writes JSON objects nested less than 128 deep")
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

/// JSON attributes as the elements of a data set to be stored: in tag order, text in UTF-8 and
/// Specific Character Set (0008,0005) saying so, numbers little endian. The file meta group and group
/// lengths are left out. `locate` gives the value that a BulkDataURI stands for, or none where it
/// did not come.
///
/// Fails with the first attribute that is not as PS3.18 §F.2 says, and where bulk data is missing.
pub fn to_data_set(
    attributes: &JsonObject,
    locate: &mut dyn FnMut(Tag, &str) -> Option<Value>,
) -> Result<Vec<Element>, DatasetError> {
    read::data_set(attributes, locate)
}

/// A tag as PS3.18 §F.2.2 writes it: `GGGGEEEE`.
pub fn tag_key(tag: Tag) -> String {
    let mut digits = Vec::with_capacity(8);
    put_tag(&mut digits, tag);
    digits.into_iter().map(char::from).collect()
}

fn put_tag(out: &mut Vec<u8>, tag: Tag) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let number = u32::from(tag.0) << 16 | u32::from(tag.1);
    out.extend(
        (0..8)
            .rev()
            .map(|place| DIGITS[(number >> (4 * place) & 15) as usize]),
    );
}

/// Reads eight hexadecimal digits.
pub fn parse_tag(key: &str) -> Option<Tag> {
    if key.len() != 8 || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let number = u32::from_str_radix(key, 16).ok()?;
    Some(Tag((number >> 16) as u16, number as u16))
}
