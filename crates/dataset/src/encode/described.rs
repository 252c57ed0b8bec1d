//! Data sets put together from attributes and bulk data that came apart from them (PS3.18 §10.5).

use dicom_core::{Tag, VR};
use model::TransferSyntax;

use super::{
    Segment,
    elements::{ITEM, SEQUENCE_END, UNDEFINED, put_delimiter, put_header},
    transcode,
};
use crate::{DatasetError, Element, Header, Span};

const PIXEL_DATA: Tag = Tag(0x7FE0, 0x0010);
/// Extended offset table and its lengths: they are of the fragments that were before.
const EXTENDED_OFFSETS: [Tag; 3] = [
    Tag(0x7FE0, 0x0001),
    Tag(0x7FE0, 0x0002),
    Tag(0x7FE0, 0x0003),
];

/// The data set of `elements` in Explicit VR Little Endian; [`crate::Value::Bulk`] are runs of a source that
/// the caller has. Where `frames` are given, they become encapsulated Pixel Data (PS3.5 §A.4), a
/// fragment each and with a basic offset table where there are several, in the place of the element
/// with [`crate::Value::Pixels`].
///
/// Fails where a value is longer than its length can tell.
pub fn described(
    mut elements: Vec<Element>,
    frames: Option<&[Span]>,
) -> Result<Vec<Segment>, DatasetError> {
    let syntax = TransferSyntax::explicit_little();
    elements.sort_by_key(|element| element.tag);
    let Some(frames) = frames else {
        return transcode(&Header::new(elements, syntax.clone()), &syntax);
    };
    elements.retain(|element| !EXTENDED_OFFSETS.contains(&element.tag));
    let mut after = elements.split_off(elements.partition_point(|own| own.tag < PIXEL_DATA));
    after.retain(|element| element.tag != PIXEL_DATA);
    let mut segments = transcode(&Header::new(elements, syntax.clone()), &syntax)?;
    segments.extend(encapsulated(frames)?);
    segments.extend(transcode(&Header::new(after, syntax.clone()), &syntax)?);
    Ok(segments)
}

fn encapsulated(frames: &[Span]) -> Result<Vec<Segment>, DatasetError> {
    let mut bytes = Vec::new();
    put_header(&mut bytes, PIXEL_DATA, VR::OB, UNDEFINED, false);
    let offsets = offsets(frames);
    put_delimiter(&mut bytes, ITEM, offsets.len() as u32 * 4);
    bytes.extend(offsets.iter().flat_map(|offset| offset.to_le_bytes()));
    let mut segments = Vec::with_capacity(frames.len() * 2 + 1);
    for span in frames {
        let length = u32::try_from(span.length + span.length % 2)
            .ok()
            .filter(|&length| length < UNDEFINED)
            .ok_or(DatasetError::Unencodable {
                tag: PIXEL_DATA,
                reason: "a frame is longer than a fragment may be",
            })?;
        put_delimiter(&mut bytes, ITEM, length);
        segments.push(Segment::Bytes(std::mem::take(&mut bytes)));
        segments.push(Segment::Source {
            span: *span,
            swap: 1,
        });
        bytes.extend((span.length % 2 == 1).then_some(0));
    }
    put_delimiter(&mut bytes, SEQUENCE_END, 0);
    segments.push(Segment::Bytes(bytes));
    Ok(segments)
}

/// The basic offset table: nothing for one frame, and where an offset does not fit.
fn offsets(frames: &[Span]) -> Vec<u32> {
    let mut offsets = Vec::with_capacity(frames.len());
    let mut next = 0_u64;
    for span in frames.iter().filter(|_| frames.len() > 1) {
        match u32::try_from(next) {
            Ok(offset) => offsets.push(offset),
            Err(_) => return Vec::new(),
        }
        next += 8 + span.length + span.length % 2;
    }
    offsets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Limits, Scanner, Value};

    fn uid(element: u16, text: &str) -> Element {
        Element {
            tag: Tag(8, element),
            vr: VR::UI,
            value: Value::Bytes(text.as_bytes().to_vec()),
        }
    }

    /// PS3.5 §A.4: what was put together is what a reader of fragments finds.
    #[test]
    fn frames_become_fragments_behind_an_offset_table() {
        let source = b"abcdefgh";
        let spans = [
            Span {
                offset: 5,
                length: 3,
            },
            Span {
                offset: 0,
                length: 4,
            },
        ];
        let pixels = Element {
            tag: PIXEL_DATA,
            vr: VR::OW,
            value: Value::Pixels,
        };
        let after = Element {
            tag: Tag(0xFFFC, 0xFFFC),
            vr: VR::OB,
            value: Value::Bytes(vec![0, 0]),
        };
        let frames = Element {
            tag: Tag(0x0028, 0x0008),
            vr: VR::IS,
            value: Value::Bytes(b"2 ".to_vec()),
        };
        let elements = vec![after, pixels, uid(0x18, "1.2.3"), frames];
        let bytes: Vec<u8> = described(elements, Some(&spans))
            .unwrap()
            .iter()
            .flat_map(|segment| match segment {
                Segment::Bytes(bytes) => bytes.clone(),
                Segment::Source { span, .. } => {
                    let from = span.offset as usize;
                    source[from..from + span.length as usize].to_vec()
                }
            })
            .collect();
        assert!(bytes.windows(8).any(|w| w == [0, 0, 0, 0, 12, 0, 0, 0]));
        assert!(
            bytes
                .windows(12)
                .any(|w| w == b"\xFE\xFF\x00\xE0\x04\0\0\0fgh\0")
        );
        let jpeg = TransferSyntax::parse("1.2.840.10008.1.2.4.50").unwrap();
        let mut scanner = Scanner::new(&jpeg, Limits::default());
        scanner.feed(&bytes).unwrap();
        let header = scanner.finish().unwrap();
        assert_eq!(header.pixel_data.as_ref().unwrap().frames.count(), 2);
        assert!(header.element(Tag(0xFFFC, 0xFFFC)).is_some());
    }
}
