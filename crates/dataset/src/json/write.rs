//! Elements as DICOM JSON (PS3.18 §F.2.2–F.2.7).

use dicom_core::VR;
use serde_json::{Map, Number as JsonNumber, Value as Json, json};

use super::{INLINE_BINARY, JsonObject, SPECIFIC_CHARACTER_SET, base64, tag_key};
use crate::{
    Charset, Element, Header, Value,
    numbers::{self, Number},
    vr,
};

/// The largest integer that every reader of JSON takes exactly.
const EXACT: u64 = 1 << 53;

/// Writes the elements of one data set.
pub(super) struct Writer {
    big: bool,
    /// Where the data set or item being written is, with a trailing slash.
    path: String,
}

impl Writer {
    pub(super) fn new(header: &Header) -> Self {
        Self {
            big: header.transfer_syntax.is_big_endian(),
            path: String::new(),
        }
    }

    /// Attributes in ascending order (PS3.18 §F.2.2).
    pub(super) fn object<'e>(
        &mut self,
        elements: impl IntoIterator<Item = &'e Element>,
        charset: &Charset,
    ) -> JsonObject {
        let mut object = JsonObject::new();
        let mut last = None;
        let mut sorted = true;
        for element in elements {
            // Group lengths are no attributes of the model (PS3.18 §F.2.2).
            if element.tag.1 != 0 {
                let key = tag_key(element.tag);
                sorted &= last < Some(element.tag);
                last = Some(element.tag);
                // Of a tag that comes twice the first counts, here as in Header::element.
                if sorted || !object.contains_key(&key) {
                    let attribute = self.attribute(element, &key, charset);
                    object.insert(key, attribute);
                }
            }
        }
        if !sorted {
            object.sort_keys();
        }
        object
    }

    fn attribute(&mut self, element: &Element, key: &str, charset: &Charset) -> Json {
        let mut attribute = Map::new();
        attribute.insert("vr".into(), element.vr.to_string().into());
        match &element.value {
            Value::Bulk { length: 0, .. } => {}
            Value::Bytes(bytes) if vr::is_opaque(element.vr) && bytes.is_empty() => {}
            Value::Bytes(bytes) if vr::is_opaque(element.vr) && bytes.len() <= INLINE_BINARY => {
                attribute.insert("InlineBinary".into(), self.inline(element.vr, bytes).into());
            }
            Value::Bytes(bytes) if !vr::is_opaque(element.vr) => {
                let values = self.values(element, bytes, charset);
                if !values.is_empty() {
                    attribute.insert("Value".into(), Json::Array(values));
                }
            }
            Value::Items(items) => {
                if !items.is_empty() {
                    attribute.insert("Value".into(), self.items(items, key, charset));
                }
            }
            Value::Bytes(_) | Value::Bulk { .. } | Value::Pixels | Value::Fragments { .. } => {
                let uri = format!("bulkdata/{}{key}", self.path);
                attribute.insert("BulkDataURI".into(), uri.into());
            }
        }
        Json::Object(attribute)
    }

    /// InlineBinary is little endian (PS3.18 §F.2.7).
    fn inline(&self, vr: VR, bytes: &[u8]) -> String {
        if self.big {
            let mut bytes = bytes.to_vec();
            vr::swap_words(&mut bytes, vr::word(vr));
            base64::encode(&bytes)
        } else {
            base64::encode(bytes)
        }
    }

    fn items(&mut self, items: &[Vec<Element>], key: &str, charset: &Charset) -> Json {
        let outer = self.path.len();
        let objects = items.iter().enumerate().map(|(index, item)| {
            self.path.truncate(outer);
            self.path.push_str(&format!("{key}/{}/", index + 1));
            let own = crate::header::declared(item).map(|value| charset.nested(&value));
            Json::Object(self.object(item, own.as_ref().unwrap_or(charset)))
        });
        let objects = objects.collect();
        self.path.truncate(outer);
        Json::Array(objects)
    }

    fn values(&self, element: &Element, bytes: &[u8], charset: &Charset) -> Vec<Json> {
        match element.vr {
            _ if element.tag == SPECIFIC_CHARACTER_SET => match bytes {
                [] => Vec::new(),
                _ => vec!["ISO_IR 192".into()],
            },
            VR::AT => bytes
                .chunks_exact(4)
                .map(|tag| {
                    let word = |at: usize| match self.big {
                        true => u16::from_be_bytes([tag[at], tag[at + 1]]),
                        false => u16::from_le_bytes([tag[at], tag[at + 1]]),
                    };
                    tag_key(dicom_core::Tag(word(0), word(2))).into()
                })
                .collect(),
            VR::PN => element
                .texts(charset)
                .iter()
                .map(|text| name(text))
                .collect(),
            VR::DS | VR::IS => element
                .texts(charset)
                .into_iter()
                .map(|text| decimal(text, element.vr))
                .collect(),
            vr if vr::is_text(vr) => element.texts(charset).into_iter().map(text).collect(),
            vr => numbers::read(vr, bytes, self.big).map(number).collect(),
        }
    }
}

/// An empty value among others is null (PS3.18 §F.2.5).
fn text(text: String) -> Json {
    if text.is_empty() {
        Json::Null
    } else {
        text.into()
    }
}

/// A person name by its component groups (PS3.18 §F.2.2).
fn name(text: &str) -> Json {
    let mut groups = Map::new();
    for (group, part) in ["Alphabetic", "Ideographic", "Phonetic"]
        .iter()
        .zip(text.splitn(3, '='))
    {
        let part = part.trim_end_matches(' ');
        if !part.is_empty() {
            groups.insert((*group).into(), part.into());
        }
    }
    if groups.is_empty() {
        Json::Null
    } else {
        Json::Object(groups)
    }
}

/// DS and IS are numbers where JSON says the same, else the text as it stands (PS3.18 §F.2.3).
fn decimal(value: String, vr: VR) -> Json {
    let digits = value.strip_prefix('+').unwrap_or(&value);
    if let Ok(integer) = digits.parse::<i64>() {
        // A minus before zero would be lost.
        if integer.unsigned_abs() <= EXACT && !value.starts_with("-0") {
            return integer.into();
        }
    } else if vr == VR::DS && is_exact(digits) {
        let number = digits.parse().ok().and_then(JsonNumber::from_f64);
        if let Some(number) = number {
            return Json::Number(number);
        }
    }
    text(value)
}

/// Whether a text is a decimal number of at most 15 digits, which a double holds exactly enough to
/// be printed back, and of a common exponent.
fn is_exact(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    let significant = digits().skip_while(|&digit| digit == b'0').count();
    digits().all(|digit| digit.is_ascii_digit())
        && digits().next().is_some()
        && significant <= 15
        && exponent
            .strip_prefix('+')
            .unwrap_or(exponent)
            .parse::<i32>()
            .is_ok_and(|exponent| exponent.abs() < 200)
}

/// Binary numbers; JSON has no infinities, and integers past 2^53 are safe as text only
/// (PS3.18 §F.2.3).
fn number(number: Number) -> Json {
    match number {
        Number::Signed(value) if value.unsigned_abs() <= EXACT => value.into(),
        Number::Unsigned(value) if value <= EXACT => value.into(),
        Number::Signed(value) => value.to_string().into(),
        Number::Unsigned(value) => value.to_string().into(),
        Number::Float(value) if value.is_finite() => json!(value),
        Number::Float(value) if value.is_nan() => "NaN".into(),
        Number::Float(value) if value > 0.0 => "inf".into(),
        Number::Float(_) => "-inf".into(),
    }
}
