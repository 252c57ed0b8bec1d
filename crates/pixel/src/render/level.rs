//! The attributes of one level of a data set: its top, or an item of a sequence.

use std::collections::HashMap;

use dataset::{Element, Header, Span, Tag, VR, Value};

use super::table::Table;

/// Values that lie in the data set, by where they do.
pub type LongValues = HashMap<Span, Vec<u8>>;

/// Where a value lies that was left in the data set.
pub(super) fn lies_in(value: &Value) -> Option<Span> {
    match *value {
        Value::Bulk { offset, length } => Some(Span { offset, length }),
        _ => None,
    }
}

/// The attributes of one level of a data set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level<'h> {
    elements: &'h [Element],
    header: &'h Header,
    long: &'h LongValues,
}

impl<'h> Level<'h> {
    pub(super) fn top(header: &'h Header, long: &'h LongValues) -> Self {
        Self {
            elements: &header.elements,
            header,
            long,
        }
    }

    fn element(&self, tag: Tag) -> Option<&'h Element> {
        self.elements.iter().find(|element| element.tag == tag)
    }

    pub(super) fn has(&self, tag: Tag) -> bool {
        self.element(tag).is_some()
    }

    /// The items of a sequence; none where it is absent.
    pub(super) fn items(&self, tag: Tag) -> impl Iterator<Item = Self> + use<'h> {
        let items = match self.element(tag).map(|element| &element.value) {
            Some(Value::Items(items)) => items.as_slice(),
            _ => &[],
        };
        let level = *self;
        items.iter().map(move |elements| Self { elements, ..level })
    }

    pub(super) fn texts(&self, tag: Tag) -> Vec<String> {
        self.element(tag)
            .map(|element| element.texts(self.header.charset()))
            .unwrap_or_default()
    }

    pub(super) fn text(&self, tag: Tag) -> Option<String> {
        self.texts(tag).into_iter().next()
    }

    /// The values of a DS or IS element; those that are no number count as none.
    pub(super) fn decimals(&self, tag: Tag) -> Vec<f64> {
        let texts = self.texts(tag);
        let numbers = texts.iter().map(|text| text.trim().parse());
        numbers
            .filter_map(Result::ok)
            .filter(|number: &f64| number.is_finite())
            .collect()
    }

    pub(super) fn decimal(&self, tag: Tag) -> Option<f64> {
        self.decimals(tag).first().copied()
    }

    /// The values of an integer element, US, SS, UL, SL or IS.
    pub(super) fn integers(&self, tag: Tag) -> Vec<i64> {
        let Some(element) = self.element(tag) else {
            return Vec::new();
        };
        let Value::Bytes(bytes) = &element.value else {
            return Vec::new();
        };
        let words = self.words(bytes);
        match element.vr {
            VR::SS => words.map(|word| i64::from(word as i16)).collect(),
            VR::UL | VR::SL => {
                let pairs: Vec<u16> = words.collect();
                let long = |pair: &[u16]| {
                    let (low, high) = if self.is_big_endian() {
                        (pair[1], pair[0])
                    } else {
                        (pair[0], pair[1])
                    };
                    u32::from(low) | u32::from(high) << 16
                };
                let longs = pairs.chunks_exact(2).map(long);
                match element.vr {
                    VR::SL => longs.map(|long| i64::from(long as i32)).collect(),
                    _ => longs.map(i64::from).collect(),
                }
            }
            VR::IS | VR::DS => {
                let numbers = self.decimals(tag);
                numbers.into_iter().map(|number| number as i64).collect()
            }
            _ => words.map(i64::from).collect(),
        }
    }

    pub(super) fn integer(&self, tag: Tag) -> Option<i64> {
        self.integers(tag).first().copied()
    }

    /// The bytes of a value, kept or fetched.
    pub(super) fn bytes(&self, tag: Tag) -> Option<&'h [u8]> {
        match &self.element(tag)?.value {
            Value::Bytes(bytes) => Some(bytes),
            value => self.long.get(&lies_in(value)?).map(Vec::as_slice),
        }
    }

    /// Bytes as words of 16 bits.
    pub(super) fn words<'b>(&self, bytes: &'b [u8]) -> impl Iterator<Item = u16> + use<'b> {
        let big = self.is_big_endian();
        bytes.chunks_exact(2).map(move |word| {
            let word = [word[0], word[1]];
            if big {
                u16::from_be_bytes(word)
            } else {
                u16::from_le_bytes(word)
            }
        })
    }

    /// A table by the tags of its descriptor and its data; none where they do not fit or the data
    /// are not at hand. `signed`: the table is looked up by values that may be negative.
    pub(super) fn table(&self, descriptor: Tag, data: Tag, signed: bool) -> Option<Table> {
        let signed = signed || self.element(descriptor)?.vr == VR::SS;
        let descriptor: Vec<u16> = self.words(self.bytes(descriptor)?).collect();
        Table::new(&descriptor, self.bytes(data)?, self.is_big_endian(), signed)
    }

    pub(super) fn is_big_endian(&self) -> bool {
        self.header.transfer_syntax.is_big_endian()
    }
}
