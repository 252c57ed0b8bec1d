//! DICOM JSON as elements (PS3.18 §F.2).

use dicom_core::{Tag, VR};
use serde_json::Value as Json;

use super::{JsonObject, SPECIFIC_CHARACTER_SET, base64, parse_tag};
use crate::{Charset, DatasetError, Element, Value, vr};

/// Gives bulk data by its tag and address.
pub(super) type Locate<'l> = &'l mut dyn FnMut(Tag, &str) -> Option<Value>;

pub(super) fn elements(attributes: &JsonObject, charset: &Charset) -> Vec<Element> {
    encoded(attributes, charset, None).0
}

/// All of them, or the first that cannot be taken.
pub(super) fn data_set(
    attributes: &JsonObject,
    locate: Locate<'_>,
) -> Result<Vec<Element>, DatasetError> {
    let charset = Charset::utf8();
    let (mut elements, fault) = encoded(attributes, &charset, Some(locate));
    if let Some(error) = fault {
        return Err(error);
    }
    // The file meta group and group lengths are no attributes of a data set (PS3.18 §F.2.2).
    elements.retain(|element| element.tag.0 > 2 && element.tag.1 != 0);
    Ok(elements)
}

fn encoded<'c>(
    attributes: &JsonObject,
    charset: &'c Charset,
    locate: Option<Locate<'c>>,
) -> (Vec<Element>, Option<DatasetError>) {
    let mut encoder = Encoder {
        charset,
        translated: false,
        locate,
        fault: None,
    };
    let mut elements = encoder.elements(attributes);
    if encoder.translated || attributes.contains_key("00080005") {
        let at = elements.partition_point(|element| element.tag < SPECIFIC_CHARACTER_SET);
        let present = elements
            .get(at)
            .is_some_and(|element| element.tag == SPECIFIC_CHARACTER_SET);
        let element = Element {
            tag: SPECIFIC_CHARACTER_SET,
            vr: VR::CS,
            value: Value::Bytes(charset.terms().join("\\").into_bytes()),
        };
        if present {
            elements[at] = element;
        } else {
            elements.insert(at, element);
        }
    }
    (elements, encoder.fault)
}

struct Encoder<'c> {
    charset: &'c Charset,
    /// Whether any text was not ASCII.
    translated: bool,
    /// Where bulk data is found; none: what it is the value of is left out.
    locate: Option<Locate<'c>>,
    /// The first attribute that could not be taken.
    fault: Option<DatasetError>,
}

impl Encoder<'_> {
    fn elements(&mut self, attributes: &JsonObject) -> Vec<Element> {
        let mut elements: Vec<Element> = attributes
            .iter()
            .filter_map(|(key, attribute)| {
                let Some(tag) = parse_tag(key) else {
                    self.refuse(Tag(0, 0), "an attribute is not named by its tag");
                    return None;
                };
                let element = self.element(tag, attribute);
                if element.is_none() {
                    self.refuse(tag, "its value is not what its VR asks for");
                }
                element
            })
            .collect();
        elements.sort_by_key(|element| element.tag);
        elements.dedup_by_key(|element| element.tag);
        elements
    }

    fn refuse(&mut self, tag: Tag, reason: &'static str) {
        let fault = DatasetError::Unencodable { tag, reason };
        self.fault.get_or_insert(fault);
    }

    fn element(&mut self, tag: Tag, attribute: &Json) -> Option<Element> {
        let vr = match attribute.get("vr") {
            Some(vr) => vr.as_str()?.parse().ok()?,
            None => vr::of_tag(tag, false)?,
        };
        let value = if tag == SPECIFIC_CHARACTER_SET {
            // Whatever it says, text is in the one character set that is written: in items too.
            Value::Bytes(self.charset.terms().join("\\").into_bytes())
        } else if let Some(values) = attribute.get("Value") {
            self.value(vr, values.as_array()?)?
        } else if let Some(inline) = attribute.get("InlineBinary") {
            Value::Bytes(base64::decode(inline.as_str()?)?)
        } else if let Some(uri) = attribute.get("BulkDataURI") {
            let found = self.locate.as_mut()?(tag, uri.as_str()?);
            if found.is_none() {
                self.refuse(tag, "its bulk data did not come");
            }
            found?
        } else if vr == VR::SQ {
            Value::Items(Vec::new())
        } else {
            Value::Bytes(Vec::new())
        };
        Some(Element { tag, vr, value })
    }

    fn value(&mut self, vr: VR, values: &[Json]) -> Option<Value> {
        if vr == VR::SQ {
            let items = values.iter().map(|item| match item {
                Json::Object(item) => Some(self.elements(item)),
                Json::Null => Some(Vec::new()),
                _ => None,
            });
            return Some(Value::Items(items.collect::<Option<_>>()?));
        }
        let bytes = if vr::is_text(vr) {
            let texts: Option<Vec<String>> = values.iter().map(text).collect();
            self.encode(vr, &texts?.join("\\"))
        } else {
            let mut bytes = Vec::new();
            for value in values {
                bytes.extend(binary(vr, value)?);
            }
            bytes
        };
        Some(Value::Bytes(bytes))
    }

    fn encode(&mut self, vr: VR, text: &str) -> Vec<u8> {
        if text.is_ascii() || !vr::is_translated(vr) {
            return ascii(text);
        }
        self.translated = true;
        self.charset.encode(text).unwrap_or_else(|| {
            let replaced: String = text
                .chars()
                .map(|character| {
                    let known = self
                        .charset
                        .encode(character.encode_utf8(&mut [0; 4]))
                        .is_some();
                    if known { character } else { '?' }
                })
                .collect();
            self.charset
                .encode(&replaced)
                .unwrap_or_else(|| ascii(text))
        })
    }
}

fn ascii(text: &str) -> Vec<u8> {
    text.chars()
        .map(|character| {
            u8::try_from(character)
                .ok()
                .filter(u8::is_ascii)
                .unwrap_or(b'?')
        })
        .collect()
}

/// A value as text; a person name's groups joined again, an empty one at the end dropped.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::Null => Some(String::new()),
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(decimal(number)),
        Json::Object(groups) => {
            let parts = ["Alphabetic", "Ideographic", "Phonetic"]
                .map(|group| groups.get(group).and_then(Json::as_str).unwrap_or_default());
            Some(parts.join("=").trim_end_matches('=').to_owned())
        }
        Json::Bool(_) | Json::Array(_) => None,
    }
}

/// A number within the 16 characters of DS (PS3.5 Table 6.2-1).
fn decimal(number: &serde_json::Number) -> String {
    let whole = number
        .as_f64()
        .filter(|value| value.fract() == 0.0 && value.abs() < 1e15);
    let text = match whole {
        Some(value) if !number.is_i64() && !number.is_u64() => format!("{value:.0}"),
        _ => number.to_string(),
    };
    if text.len() <= 16 {
        return text;
    }
    let value = number.as_f64().unwrap_or_default();
    let fixed = (1e-3..1e14).contains(&value.abs());
    (0..=15)
        .rev()
        .map(|digits| match fixed {
            true => format!("{value:.digits$}"),
            false => format!("{value:.digits$e}"),
        })
        .find(|text| text.len() <= 16)
        .unwrap_or(text)
}

/// A binary number, little endian.
fn binary(vr: VR, value: &Json) -> Option<Vec<u8>> {
    let integer = || match value {
        Json::Number(number) => number
            .as_i64()
            .map(i128::from)
            .or_else(|| number.as_u64().map(i128::from)),
        Json::String(text) => text.parse().ok(),
        _ => None,
    };
    let float = || match value {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    };
    Some(match vr {
        VR::US => u16::try_from(integer()?).ok()?.to_le_bytes().to_vec(),
        VR::SS => i16::try_from(integer()?).ok()?.to_le_bytes().to_vec(),
        VR::UL => u32::try_from(integer()?).ok()?.to_le_bytes().to_vec(),
        VR::SL => i32::try_from(integer()?).ok()?.to_le_bytes().to_vec(),
        VR::UV => u64::try_from(integer()?).ok()?.to_le_bytes().to_vec(),
        VR::SV => i64::try_from(integer()?).ok()?.to_le_bytes().to_vec(),
        VR::FL => (float()? as f32).to_le_bytes().to_vec(),
        VR::FD => float()?.to_le_bytes().to_vec(),
        VR::AT => {
            let tag = parse_tag(value.as_str()?)?;
            [tag.0.to_le_bytes(), tag.1.to_le_bytes()].concat()
        }
        _ => return None,
    })
}
