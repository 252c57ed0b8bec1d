//! What is kept of a data set: everything but pixels and long values.

use std::borrow::Cow;

use dicom_core::{Tag, VR};
use model::{TransferSyntax, Uid};

use crate::{
    Charset, Fallback, PixelData,
    numbers::{self, Number},
    vr,
};

/// What names an instance: the UIDs of its class, itself, its study and its series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// SOP Class UID (0008,0016).
    pub sop_class: Uid,
    /// SOP Instance UID (0008,0018).
    pub sop: Uid,
    /// Study Instance UID (0020,000D).
    pub study: Uid,
    /// Series Instance UID (0020,000E).
    pub series: Uid,
}

/// A data element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// Its tag.
    pub tag: Tag,
    /// Its value representation: as stored, else of the dictionary (PS3.6), else UN.
    pub vr: VR,
    /// Its value.
    pub value: Value,
}

/// The value of a data element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// The bytes as stored, padding included, in the byte order of the transfer syntax.
    Bytes(Vec<u8>),
    /// A value left in the (inflated) data set because it is long, or is native pixel data.
    Bulk {
        /// Where it begins.
        offset: u64,
        /// How long it is.
        length: u64,
    },
    /// The items of a sequence.
    Items(Vec<Vec<Element>>),
    /// Encapsulated pixel data at top level; [`Header::pixel_data`] tells more.
    Pixels,
    /// An encapsulated value that is not the pixel data of the data set (an icon's, for one), left
    /// in the data set.
    Fragments {
        /// Where its first item header begins.
        offset: u64,
        /// Up to and with the sequence delimitation item.
        length: u64,
    },
}

/// What is kept of a data set.
#[derive(Clone, Debug)]
pub struct Header {
    /// The elements of the data set in the order they came.
    pub elements: Vec<Element>,
    /// The transfer syntax it was received in.
    pub transfer_syntax: TransferSyntax,
    /// Bytes of the data set as received.
    pub length: u64,
    /// Bytes of the data set after inflating; `length` where it was not deflated.
    pub inflated_length: u64,
    /// The pixel data, where there is some.
    pub pixel_data: Option<PixelData>,
    charset: Charset,
}

impl Header {
    /// A data set of elements made by hand, values in the byte order of `transfer_syntax`.
    pub fn new(elements: Vec<Element>, transfer_syntax: TransferSyntax) -> Self {
        let charset =
            declared(&elements).map_or_else(Charset::default, |value| Charset::new(&value));
        Self {
            elements,
            transfer_syntax,
            length: 0,
            inflated_length: 0,
            pixel_data: None,
            charset,
        }
    }

    /// How text is read that no Specific Character Set declares.
    #[must_use]
    pub fn with_fallback(mut self, fallback: Fallback) -> Self {
        self.charset = self.charset.with_fallback(fallback);
        self
    }

    /// The character set of Specific Character Set (0008,0005), or what stands in for it.
    pub fn charset(&self) -> &Charset {
        &self.charset
    }

    /// The first element of `tag` at top level.
    pub fn element(&self, tag: Tag) -> Option<&Element> {
        self.elements.iter().find(|element| element.tag == tag)
    }

    /// The first value of a text element at top level, decoded and without padding; none where it
    /// is absent or empty.
    pub fn text(&self, tag: Tag) -> Option<String> {
        let first = self.texts(tag).into_iter().next()?;
        (!first.is_empty()).then_some(first)
    }

    /// All values of a text element at top level, decoded before they are split; none where it is
    /// absent, empty, not text, or so long that it was left in the data set.
    pub fn texts(&self, tag: Tag) -> Vec<String> {
        self.element(tag)
            .map(|element| element.texts(&self.charset))
            .unwrap_or_default()
    }

    /// The first value of an integer element (binary, or IS) at top level; one that does not fit
    /// counts as none.
    pub fn number(&self, tag: Tag) -> Option<i64> {
        let element = self.element(tag)?;
        let Value::Bytes(bytes) = &element.value else {
            return None;
        };
        let big = self.transfer_syntax.is_big_endian();
        match element.vr {
            VR::IS | VR::DS => element.texts(&self.charset).first()?.parse().ok(),
            vr => match numbers::read(vr, bytes, big).next()? {
                Number::Signed(value) => Some(value),
                Number::Unsigned(value) => value.try_into().ok(),
                Number::Float(_) => None,
            },
        }
    }
}

impl Element {
    /// The values of a text element, decoded by `charset` before they are split, without padding;
    /// none where it is not text or its bytes are not at hand. An empty value between others is
    /// an empty text.
    pub fn texts(&self, charset: &Charset) -> Vec<String> {
        let mut texts = Vec::new();
        self.each_text(charset, |text| texts.push(text.to_owned()));
        texts
    }

    /// Hands out what [`Element::texts`] gives.
    pub(crate) fn each_text(&self, charset: &Charset, mut take: impl FnMut(&str)) {
        let Value::Bytes(bytes) = &self.value else {
            return;
        };
        if !vr::is_text(self.vr) {
            return;
        }
        let text = charset.text(self.vr, bytes);
        let mut trimmed = |value: &str| take(&trim(value, vr::ignores_leading_blanks(self.vr)));
        if text.trim_matches(PADDING).is_empty() {
            // No value at all.
        } else if vr::is_single_text(self.vr) {
            trimmed(&text);
        } else {
            text.split('\\').for_each(trimmed);
        }
    }
}

const PADDING: [char; 2] = [' ', '\0'];

/// A text without the padding of its value (PS3.5 §6.2) and without NULs, which no repertoire has.
fn trim(value: &str, leading: bool) -> Cow<'_, str> {
    let value = value.trim_end_matches(PADDING);
    let value = if leading {
        value.trim_start_matches(PADDING)
    } else {
        value
    };
    if value.contains('\0') {
        value.replace('\0', "").into()
    } else {
        value.into()
    }
}

/// The value of Specific Character Set (0008,0005) among the elements of a data set or item.
pub(crate) fn declared(elements: &[Element]) -> Option<String> {
    let element = elements
        .iter()
        .find(|element| element.tag == Tag(0x0008, 0x0005))?;
    match &element.value {
        Value::Bytes(bytes) => Some(bytes.iter().map(|&byte| char::from(byte)).collect()),
        _ => None,
    }
}

/// A UID as stored.
pub(crate) fn uid(bytes: &[u8]) -> Option<Uid> {
    let text = std::str::from_utf8(bytes).ok()?;
    Uid::new(text.trim_matches([' ', '\0'])).ok()
}
