//! A stored data set in another native transfer syntax, without its long values passing through.

use dicom_core::{Tag, VR};
use model::TransferSyntax;

use super::elements::{
    ITEM, ITEM_END, SEQUENCE_END, UNDEFINED, little, put_delimiter, put_header, put_value,
};
use crate::{DatasetError, Element, Header, Span, Value, vr};

const PIXEL_DATA: Tag = Tag(0x7FE0, 0x0010);

/// A part of a data set that is put together from new bytes and stored ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// New bytes.
    Bytes(Vec<u8>),
    /// A run of the stored (inflated) data set.
    Source {
        /// Which run.
        span: Span,
        /// Bytes of a word whose order is reversed on the way; 1: copied as it is.
        swap: u8,
    },
}

impl Segment {
    /// How many bytes it makes.
    pub fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Source { span, .. } => span.length,
        }
    }
}

/// What a data set becomes in `to`, Explicit or Implicit VR Little Endian: its header encoded anew
/// and runs of the stored data set; pixel data must be native. Group lengths are dropped, sequences
/// have undefined length.
pub fn transcode(h: &Header, to: &TransferSyntax) -> Result<Vec<Segment>, DatasetError> {
    let mut writer = Writer::new(h, to)?;
    for element in &h.elements {
        writer.element(element, true)?;
    }
    Ok(writer.end())
}

/// A data set around pixel data that the caller makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AroundPixels {
    /// Everything before the value of Pixel Data (7FE0,0010), its header included.
    pub before: Vec<Segment>,
    /// Everything after it; begins with the padding byte of an odd `pixel_length`.
    pub after: Vec<Segment>,
}

/// The data set in `to`, Explicit or Implicit VR Little Endian, with native Pixel Data of
/// `pixel_length` bytes put in place of its pixel data; `overrides` replace or add elements (values
/// little endian).
/// `(7FE0,0001)`–`(7FE0,0003)` are dropped. The caller sends `before`, `pixel_length` bytes, `after`.
pub fn header_with_native_pixels(
    h: &Header,
    to: &TransferSyntax,
    overrides: &[Element],
    pixel_vr: VR,
    pixel_length: u64,
) -> Result<AroundPixels, DatasetError> {
    let padding = pixel_length % 2;
    let length = u32::try_from(pixel_length + padding)
        .ok()
        .filter(|&length| length < UNDEFINED)
        .ok_or(DatasetError::Unencodable {
            tag: PIXEL_DATA,
            reason: "is longer than a native value may be",
        })?;
    let mut own: Vec<&Element> = h
        .elements
        .iter()
        .filter(|element| element.tag.0 != 0x7FE0)
        .filter(|element| overrides.iter().all(|other| other.tag != element.tag))
        .collect();
    own.sort_by_key(|element| element.tag);
    let mut added: Vec<&Element> = overrides.iter().collect();
    added.sort_by_key(|element| element.tag);

    let mut writer = Writer::new(h, to)?;
    let mut added = added.into_iter().peekable();
    let mut own = own.into_iter().peekable();
    let mut up_to = |writer: &mut Writer, end: Option<Tag>| {
        let before = |element: &&Element| end.is_none_or(|end| element.tag < end);
        loop {
            let next_own = own
                .peek()
                .filter(|element| before(element))
                .map(|element| element.tag);
            match added
                .next_if(|element| before(element) && next_own.is_none_or(|own| element.tag < own))
            {
                Some(element) => writer.override_element(element)?,
                None => match own.next_if(before) {
                    Some(element) => writer.element(element, true)?,
                    None => return Ok::<(), DatasetError>(()),
                },
            }
        }
    };
    up_to(&mut writer, Some(PIXEL_DATA))?;
    let implicit = writer.implicit;
    put_header(&mut writer.bytes, PIXEL_DATA, pixel_vr, length, implicit);
    let before = writer.take();
    writer
        .bytes
        .extend(std::iter::repeat_n(0, padding as usize));
    up_to(&mut writer, None)?;
    Ok(AroundPixels {
        before,
        after: writer.end(),
    })
}

/// Collects segments: new bytes until a run of the source is needed.
struct Writer {
    implicit: bool,
    big: bool,
    /// Bytes of the words of native pixel data that are stored in the other order.
    pixel_swap: Option<u8>,
    bytes: Vec<u8>,
    segments: Vec<Segment>,
}

impl Writer {
    fn new(h: &Header, to: &TransferSyntax) -> Result<Self, DatasetError> {
        let explicit = *to == TransferSyntax::explicit_little();
        if !explicit && *to != TransferSyntax::implicit_little() {
            return Err(DatasetError::Unencodable {
                tag: PIXEL_DATA,
                reason: "only to Explicit and Implicit VR Little Endian",
            });
        }
        // GE's private syntax is little endian but for the words of its pixels.
        let swapped = h.transfer_syntax.as_str() == "1.2.840.113619.5.2";
        let bits = h.number(Tag(0x0028, 0x0100)).unwrap_or(0);
        let big = h.transfer_syntax.is_big_endian();
        let pixel_swap = match bits {
            9.. if swapped => Some(2),
            // Big-endian samples of more than a word are big endian as a whole.
            32 | 64 if big => Some((bits / 8) as u8),
            _ => None,
        };
        Ok(Self {
            implicit: !explicit,
            big,
            pixel_swap,
            bytes: Vec::new(),
            segments: Vec::new(),
        })
    }

    fn element(&mut self, element: &Element, top: bool) -> Result<(), DatasetError> {
        let &Element { tag, vr, .. } = element;
        if tag.1 == 0 {
            return Ok(());
        }
        let unencodable = |reason| Err(DatasetError::Unencodable { tag, reason });
        match &element.value {
            Value::Bytes(bytes) => {
                let bytes = little(vr, bytes, self.big);
                put_value(&mut self.bytes, tag, vr, &bytes, self.implicit);
            }
            Value::Items(items) => {
                put_header(&mut self.bytes, tag, VR::SQ, UNDEFINED, self.implicit);
                for item in items {
                    put_delimiter(&mut self.bytes, ITEM, UNDEFINED);
                    for element in item {
                        self.element(element, false)?;
                    }
                    put_delimiter(&mut self.bytes, ITEM_END, 0);
                }
                put_delimiter(&mut self.bytes, SEQUENCE_END, 0);
            }
            &Value::Bulk { offset, length } => {
                let padded = u32::try_from(length + length % 2)
                    .ok()
                    .filter(|&l| l < UNDEFINED);
                let Some(padded) = padded else {
                    return unencodable("is longer than a value may be");
                };
                put_header(&mut self.bytes, tag, vr, padded, self.implicit);
                let swap = match self.pixel_swap {
                    Some(swap) if top && tag == PIXEL_DATA => swap,
                    _ if self.big => vr::word(vr),
                    _ => 1,
                };
                self.source(Span { offset, length }, swap);
                if length % 2 == 1 {
                    self.bytes.push(vr::padding(vr));
                }
            }
            // Encapsulation is the same in explicit little endian, and there is none in implicit.
            &Value::Fragments { offset, length } if !self.implicit => {
                put_header(&mut self.bytes, tag, vr, UNDEFINED, false);
                self.source(Span { offset, length }, 1);
            }
            Value::Fragments { .. } => return unencodable("is encapsulated"),
            Value::Pixels => return unencodable("is encapsulated, it must be decoded"),
        }
        Ok(())
    }

    /// An element whose value is little endian already.
    fn override_element(&mut self, element: &Element) -> Result<(), DatasetError> {
        let big = std::mem::replace(&mut self.big, false);
        let done = self.element(element, true);
        self.big = big;
        done
    }

    fn source(&mut self, span: Span, swap: u8) {
        if !self.bytes.is_empty() {
            let bytes = std::mem::take(&mut self.bytes);
            self.segments.push(Segment::Bytes(bytes));
        }
        self.segments.push(Segment::Source { span, swap });
    }

    fn take(&mut self) -> Vec<Segment> {
        if !self.bytes.is_empty() {
            let bytes = std::mem::take(&mut self.bytes);
            self.segments.push(Segment::Bytes(bytes));
        }
        std::mem::take(&mut self.segments)
    }

    fn end(mut self) -> Vec<Segment> {
        self.take()
    }
}
