//! Elements as DICOM JSON text (PS3.18 §F.2.2–F.2.7), written in one pass without a tree.

use dicom_core::{Tag, VR};
use serde::Serialize;

use super::{INLINE_BINARY, SPECIFIC_CHARACTER_SET, base64, number, put_tag};
use crate::{
    Charset, Element, Header, Value,
    numbers::{self, Number},
    vr,
};

/// How deep sequences nest in JSON. Each level takes three of JSON, of which readers allow some
/// 128; the items of deeper sequences are left out.
const DEEPEST: usize = 40;

/// Writes the elements of one data set.
pub(super) struct Writer {
    big: bool,
    out: Vec<u8>,
    /// Where the data set or item being written is: sequence tags and item numbers.
    path: Vec<(Tag, usize)>,
}

impl Writer {
    pub(super) fn new(header: &Header) -> Self {
        Self {
            big: header.transfer_syntax.is_big_endian(),
            out: Vec::with_capacity(header.elements.len() * 64),
            path: Vec::new(),
        }
    }

    /// The text written so far.
    pub(super) fn into_text(self) -> String {
        String::from_utf8(self.out).expect("only whole texts are written")
    }

    /// Attributes in ascending order (PS3.18 §F.2.2); of a tag that comes twice the first counts,
    /// as in [`Header::element`].
    pub(super) fn object<'e>(
        &mut self,
        elements: impl Iterator<Item = &'e Element> + Clone,
        charset: &Charset,
    ) {
        // Group lengths are no attributes of the model (PS3.18 §F.2.2).
        let attributes = elements.filter(|element| element.tag.1 != 0);
        self.out.push(b'{');
        if attributes.clone().is_sorted_by(|a, b| a.tag < b.tag) {
            self.attributes(attributes, charset);
        } else {
            let mut ordered: Vec<&Element> = attributes.collect();
            ordered.sort_by_key(|element| element.tag);
            ordered.dedup_by_key(|element| element.tag);
            self.attributes(ordered.into_iter(), charset);
        }
        self.out.push(b'}');
    }

    fn attributes<'e>(&mut self, elements: impl Iterator<Item = &'e Element>, charset: &Charset) {
        for (index, element) in elements.enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.out.push(b'"');
            put_tag(&mut self.out, element.tag);
            self.out.extend(b"\":{\"vr\":\"");
            self.out.extend(element.vr.to_bytes());
            self.out.push(b'"');
            self.attribute(element, charset);
            self.out.push(b'}');
        }
    }

    fn attribute(&mut self, element: &Element, charset: &Charset) {
        match &element.value {
            Value::Bulk { length: 0, .. } => {}
            Value::Bytes(bytes) if bytes.is_empty() => {}
            Value::Bytes(bytes) if !vr::is_opaque(element.vr) => {
                // Nothing but padding is no value: what was begun is taken back.
                let start = self.out.len();
                self.out.extend(b",\"Value\":[");
                let first = self.out.len();
                self.values(element, bytes, charset);
                if self.out.len() == first {
                    self.out.truncate(start);
                } else {
                    self.out.push(b']');
                }
            }
            Value::Bytes(bytes) if bytes.len() <= INLINE_BINARY => {
                self.out.extend(b",\"InlineBinary\":\"");
                let text = self.inline(element.vr, bytes);
                self.out.extend(text.into_bytes());
                self.out.push(b'"');
            }
            Value::Items(items) if items.is_empty() || self.path.len() >= DEEPEST => {}
            Value::Items(items) => self.items(element.tag, items, charset),
            Value::Bytes(_) | Value::Bulk { .. } | Value::Pixels | Value::Fragments { .. } => {
                self.uri(element.tag);
            }
        }
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

    fn uri(&mut self, tag: Tag) {
        self.out.extend(b",\"BulkDataURI\":\"bulkdata/");
        for (sequence, item) in &self.path {
            put_tag(&mut self.out, *sequence);
            self.out.extend(format!("/{item}/").into_bytes());
        }
        put_tag(&mut self.out, tag);
        self.out.push(b'"');
    }

    fn items(&mut self, tag: Tag, items: &[Vec<Element>], charset: &Charset) {
        self.out.extend(b",\"Value\":[");
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            self.path.push((tag, index + 1));
            let own = crate::header::declared(item).map(|value| charset.nested(&value));
            self.object(item.iter(), own.as_ref().unwrap_or(charset));
            self.path.pop();
        }
        self.out.push(b']');
    }

    /// The values, without brackets; nothing where there is none.
    fn values(&mut self, element: &Element, bytes: &[u8], charset: &Charset) {
        let start = self.out.len();
        let vr = element.vr;
        if element.tag == SPECIFIC_CHARACTER_SET {
            self.out.extend(b"\"ISO_IR 192\"");
        } else if vr::is_text(vr) {
            element.each_text(charset, |text| {
                if self.out.len() > start {
                    self.out.push(b',');
                }
                match vr {
                    VR::PN => self.name(text),
                    VR::DS | VR::IS => self.decimal(text, vr),
                    _ => self.text(text),
                }
            });
        } else if vr == VR::AT {
            for word in bytes.chunks_exact(4) {
                if self.out.len() > start {
                    self.out.push(b',');
                }
                let half = |at: usize| match self.big {
                    true => u16::from_be_bytes([word[at], word[at + 1]]),
                    false => u16::from_le_bytes([word[at], word[at + 1]]),
                };
                let tag = Tag(half(0), half(2));
                self.out.push(b'"');
                put_tag(&mut self.out, tag);
                self.out.push(b'"');
            }
        } else {
            for value in numbers::read(vr, bytes, self.big) {
                if self.out.len() > start {
                    self.out.push(b',');
                }
                self.number(value);
            }
        }
    }

    /// An empty value among others is null (PS3.18 §F.2.5).
    fn text(&mut self, text: &str) {
        if text.is_empty() {
            self.out.extend(b"null");
        } else {
            self.put(text);
        }
    }

    /// A person name by its component groups (PS3.18 §F.2.2).
    fn name(&mut self, text: &str) {
        let mut separator = b'{';
        for (group, part) in ["Alphabetic", "Ideographic", "Phonetic"]
            .iter()
            .zip(text.splitn(3, '='))
        {
            let part = part.trim_end_matches(' ');
            if !part.is_empty() {
                self.out.push(separator);
                self.put(group);
                self.out.push(b':');
                self.put(part);
                separator = b',';
            }
        }
        if separator == b'{' {
            self.out.extend(b"null");
        } else {
            self.out.push(b'}');
        }
    }

    /// DS and IS are numbers where JSON says the same, else the text as it stands (PS3.18 §F.2.3).
    fn decimal(&mut self, text: &str, vr: VR) {
        match number::exact(text, vr) {
            Some(number::Exact::Integer(integer)) => self.put(&integer),
            Some(number::Exact::Decimal(decimal)) => self.put(&decimal),
            None => self.text(text),
        }
    }

    /// Binary numbers; JSON has no infinities, and integers past 2^53 are safe as text only
    /// (PS3.18 §F.2.3).
    fn number(&mut self, number: Number) {
        match number {
            Number::Signed(value) if value.unsigned_abs() <= number::SAFE => self.put(&value),
            Number::Unsigned(value) if value <= number::SAFE => self.put(&value),
            Number::Signed(value) => self.put(&value.to_string()),
            Number::Unsigned(value) => self.put(&value.to_string()),
            Number::Float(value) if value.is_finite() => self.put(&value),
            Number::Float(value) if value.is_nan() => self.put("NaN"),
            Number::Float(value) if value > 0.0 => self.put("inf"),
            Number::Float(_) => self.put("-inf"),
        }
    }

    /// A text or finite number as JSON writes it.
    fn put<T: Serialize + ?Sized>(&mut self, value: &T) {
        serde_json::to_writer(&mut self.out, value).expect("texts and numbers are JSON");
    }
}
