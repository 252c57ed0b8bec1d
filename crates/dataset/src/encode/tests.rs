//! Data sets written and read again.

use dicom_core::{Tag, VR};
use model::TransferSyntax;

use super::*;
use crate::{DatasetError, Element, Header, Limits, Scanner, Value};

fn scan(syntax: &TransferSyntax, bytes: &[u8], inline_value: u32) -> Header {
    let limits = Limits {
        inline_value,
        ..Limits::default()
    };
    let mut scanner = Scanner::new(syntax, limits);
    scanner.feed(bytes).unwrap();
    scanner.finish().unwrap()
}

/// Puts segments together as a reader of the stored data set would.
fn assemble(segments: &[Segment], source: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for segment in segments {
        match segment {
            Segment::Bytes(bytes) => out.extend(bytes),
            Segment::Source { span, swap } => {
                let run = &source[span.offset as usize..][..span.length as usize];
                for word in run.chunks(usize::from(*swap)) {
                    out.extend(word.iter().rev());
                }
            }
        }
    }
    assert_eq!(
        out.len() as u64,
        segments.iter().map(Segment::length).sum::<u64>()
    );
    out
}

const BIG: &[u8] = b"\0\x08\0\0UL\0\x04\0\0\0\x0a\0\x08\0\x16UI\0\x041.2\0\
    \0\x08\x11\x40SQ\0\0\xff\xff\xff\xff\xff\xfe\xe0\0\xff\xff\xff\xff\0\x28\0\x10US\0\x02\x01\x02\xff\xfe\xe0\x0d\0\0\0\0\xff\xfe\xe0\xdd\0\0\0\0\
    \0\x28\0\x10US\0\x02\0\x01\0\x28\0\x11US\0\x02\0\x02\0\x28\x01\0US\0\x02\0\x10\
    \x7f\xe0\0\x10OW\0\0\0\0\0\x04\x01\x02\x03\x04";

#[test]
fn big_endian_becomes_explicit_little_endian() {
    let header = scan(&TransferSyntax::explicit_big(), BIG, 16);
    let segments = transcode(&header, &TransferSyntax::explicit_little()).unwrap();
    let expected = b"\x08\0\x16\0UI\x04\x001.2\0\
        \x08\0\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff\x28\0\x10\0US\x02\0\x02\x01\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0\
        \x28\0\x10\0US\x02\0\x01\0\x28\0\x11\0US\x02\0\x02\0\x28\0\0\x01US\x02\0\x10\0\
        \xe0\x7f\x10\0OW\0\0\x04\0\0\0\x02\x01\x04\x03";
    assert_eq!(assemble(&segments, BIG), expected);
}

#[test]
fn explicit_and_implicit_say_the_same() {
    let header = scan(&TransferSyntax::explicit_big(), BIG, 16);
    let implicit = TransferSyntax::implicit_little();
    let bytes = assemble(&transcode(&header, &implicit).unwrap(), BIG);
    let again = scan(&implicit, &bytes, 16);
    assert_eq!(crate::json::header(&again), crate::json::header(&header));
    assert_eq!(again.pixel_data.unwrap().length, Some(4));
}

#[test]
fn a_value_too_long_for_its_short_form_goes_out_as_un() {
    let element = Element {
        tag: Tag(0x28, 0x3006),
        vr: VR::US,
        value: Value::Bytes(vec![1; 70_000]),
    };
    let bytes = elements(&[element], &TransferSyntax::explicit_little());
    assert_eq!(&bytes[..12], b"\x28\0\x06\x30UN\0\0\x70\x11\x01\0");
}

#[test]
fn small_data_sets_have_defined_lengths_and_padding() {
    let text = |group, element, vr, text: &str| Element {
        tag: Tag(group, element),
        vr,
        value: Value::Bytes(text.into()),
    };
    let sequence = Element {
        tag: Tag(0x40, 0x275),
        vr: VR::SQ,
        value: Value::Items(vec![vec![text(0x40, 0x1001, VR::SH, "P")]]),
    };
    let all = [text(8, 0x18, VR::UI, "1.2"), sequence];
    assert_eq!(
        elements(&all, &TransferSyntax::explicit_little()),
        b"\x08\0\x18\0UI\x04\x001.2\0\x40\0\x75\x02SQ\0\0\x12\0\0\0\xfe\xff\0\xe0\x0a\0\0\0\x40\0\x01\x10SH\x02\0P "
    );
    assert_eq!(
        elements(&all, &TransferSyntax::implicit_little()),
        b"\x08\0\x18\0\x04\0\0\x001.2\0\x40\0\x75\x02\x12\0\0\0\xfe\xff\0\xe0\x0a\0\0\0\x40\0\x01\x10\x02\0\0\0P "
    );
}

const ENCAPSULATED: &[u8] = b"\x09\0\x01\x10OB\0\0\x06\0\0\0abcdef\x28\0\x04\0CS\x02\0AB\x28\0\x10\0US\x02\0\x01\0\
    \xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\0\0\0\0\xfe\xff\0\xe0\x02\0\0\0xx\xfe\xff\xdd\xe0\0\0\0\0\
    \xfc\xff\xfc\xffOB\0\0\x02\0\0\0\0\0";

#[test]
fn native_pixels_take_the_place_of_encapsulated_ones() {
    let explicit = TransferSyntax::explicit_little();
    let header = scan(&explicit, ENCAPSULATED, 4);
    assert!(matches!(
        transcode(&header, &explicit),
        Err(DatasetError::Unencodable { .. })
    ));
    let overrides = [
        Element {
            tag: Tag(0x28, 0x100),
            vr: VR::US,
            value: Value::Bytes(vec![8, 0]),
        },
        Element {
            tag: Tag(0x28, 4),
            vr: VR::CS,
            value: Value::Bytes(b"RGB".to_vec()),
        },
    ];
    let around = header_with_native_pixels(
        &header,
        &TransferSyntax::explicit_little(),
        &overrides,
        VR::OB,
        3,
    )
    .unwrap();
    let bytes = [
        assemble(&around.before, ENCAPSULATED),
        b"pix".to_vec(),
        assemble(&around.after, ENCAPSULATED),
    ]
    .concat();
    let expected = b"\x09\0\x01\x10OB\0\0\x06\0\0\0abcdef\x28\0\x04\0CS\x04\0RGB \x28\0\x10\0US\x02\0\x01\0\
        \x28\0\0\x01US\x02\0\x08\0\xe0\x7f\x10\0OB\0\0\x04\0\0\0pix\0\xfc\xff\xfc\xffOB\0\0\x02\0\0\0\0\0";
    assert_eq!(bytes, expected);
}
