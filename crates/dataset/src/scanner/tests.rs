//! Data sets by hand, after PS3.5 §7 and §A.

use dicom_core::{Tag, VR};
use model::TransferSyntax;

use super::*;
use crate::{FrameTable, Value};

fn scan_limited(
    syntax: &TransferSyntax,
    bytes: &[u8],
    limits: Limits,
) -> Result<Header, DatasetError> {
    let whole = {
        let mut scanner = Scanner::new(syntax, limits);
        scanner.feed(bytes).and_then(|()| scanner.finish())
    };
    // The same in chunks of every small size.
    for size in [1, 3, 7, 13] {
        let mut scanner = Scanner::new(syntax, limits);
        let chunked = bytes
            .chunks(size)
            .try_for_each(|chunk| scanner.feed(chunk))
            .and_then(|()| scanner.finish());
        match (&whole, &chunked) {
            (Ok(whole), Ok(chunked)) => {
                assert_eq!(whole.elements, chunked.elements);
                assert_eq!(whole.pixel_data, chunked.pixel_data);
            }
            (Err(whole), Err(chunked)) => assert_eq!(whole.to_string(), chunked.to_string()),
            _ => panic!("chunks of {size} read otherwise: {whole:?} {chunked:?}"),
        }
    }
    whole
}

fn scan(syntax: &TransferSyntax, bytes: &[u8]) -> Result<Header, DatasetError> {
    scan_limited(syntax, bytes, Limits::default())
}

fn explicit(bytes: &[u8]) -> Result<Header, DatasetError> {
    scan(&TransferSyntax::explicit_little(), bytes)
}

fn implicit(bytes: &[u8]) -> Result<Header, DatasetError> {
    scan(&TransferSyntax::implicit_little(), bytes)
}

const SOP_CLASS: &[u8] = b"\x08\0\x16\0UI\x04\x001.2\0";
const ITEM_OPEN: &[u8] = b"\xfe\xff\0\xe0\xff\xff\xff\xff";
const ITEM_CLOSE: &[u8] = b"\xfe\xff\x0d\xe0\0\0\0\0";
const SEQUENCE_CLOSE: &[u8] = b"\xfe\xff\xdd\xe0\0\0\0\0";
const ROWS: &[u8] = b"\x28\0\x10\0US\x02\0\x02\0";

#[test]
fn explicit_little_endian() {
    let bytes = [SOP_CLASS, b"\x10\0\x10\0PN\x06\0Doe^J ", ROWS].concat();
    let header = explicit(&bytes).unwrap();
    assert_eq!(header.text(Tag(0x0008, 0x0016)).unwrap(), "1.2");
    assert_eq!(header.text(Tag(0x0010, 0x0010)).unwrap(), "Doe^J");
    assert_eq!(header.number(Tag(0x0028, 0x0010)), Some(2));
    assert_eq!(header.length, bytes.len() as u64);
}

#[test]
fn implicit_little_endian_takes_representations_from_the_dictionary() {
    let bytes = b"\x08\0\x16\0\x04\0\0\x001.2\0\x28\0\x03\x01\x02\0\0\0\x01\0\x28\0\x06\x01\x02\0\0\0\xff\xff\x09\0\x10\0\x02\0\0\0me\x09\0\x01\x10\x02\0\0\0ab";
    let header = implicit(bytes).unwrap();
    let vrs: Vec<VR> = header.elements.iter().map(|element| element.vr).collect();
    assert_eq!(vrs, [VR::UI, VR::US, VR::SS, VR::LO, VR::UN]);
    assert_eq!(header.number(Tag(0x0028, 0x0106)), Some(-1));
}

#[test]
fn explicit_big_endian() {
    let bytes = b"\0\x08\0\x16UI\0\x041.2\0\0\x28\0\x10US\0\x02\x01\x02";
    let header = scan(&TransferSyntax::explicit_big(), bytes).unwrap();
    assert_eq!(header.number(Tag(0x0028, 0x0010)), Some(258));
}

#[test]
fn a_mislabelled_syntax_is_seen_at_the_first_element() {
    assert!(
        implicit(&[SOP_CLASS, ROWS].concat())
            .unwrap()
            .number(Tag(0x28, 0x10))
            .is_some()
    );
    let bytes = b"\x08\0\x16\0\x04\0\0\x001.2\0\x28\0\x10\0\x02\0\0\0\x02\0";
    assert_eq!(explicit(bytes).unwrap().number(Tag(0x28, 0x10)), Some(2));
}

fn items(header: &Header, tag: Tag) -> Vec<Vec<(Tag, VR)>> {
    match &header.element(tag).unwrap().value {
        Value::Items(items) => items
            .iter()
            .map(|item| {
                item.iter()
                    .map(|element| (element.tag, element.vr))
                    .collect()
            })
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn sequences_of_defined_and_undefined_length() {
    let sequence = Tag(0x0008, 0x1140);
    let inner = (Tag(0x0008, 0x1155), VR::UI);
    let element = b"\x08\0\x55\x11UI\x04\x001.2\0";
    let undefined = [
        b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff",
        ITEM_OPEN,
        element,
        ITEM_CLOSE,
        ITEM_OPEN,
        ITEM_CLOSE,
        SEQUENCE_CLOSE,
        ROWS,
    ]
    .concat();
    let header = explicit(&undefined).unwrap();
    assert_eq!(items(&header, sequence), [vec![inner], vec![]]);
    assert!(header.number(Tag(0x28, 0x10)).is_some());

    let defined = [
        b"\x08\0\x40\x11SQ\0\0\x1c\0\0\0".as_slice(),
        b"\xfe\xff\0\xe0\x0c\0\0\0",
        element,
        b"\xfe\xff\0\xe0\0\0\0\0",
        ROWS,
    ]
    .concat();
    let header = explicit(&defined).unwrap();
    assert_eq!(items(&header, sequence), [vec![inner], vec![]]);
    assert!(header.number(Tag(0x28, 0x10)).is_some());
}

#[test]
fn un_of_undefined_length_holds_implicit_items() {
    // PS3.5 §6.2.2, in a private sequence.
    let bytes = [
        b"\x09\0\x01\x10UN\0\0\xff\xff\xff\xff",
        ITEM_OPEN,
        b"\x08\0\x55\x11\x04\0\0\x001.2\0",
        ITEM_CLOSE,
        SEQUENCE_CLOSE,
        ROWS,
    ]
    .concat();
    let header = explicit(&bytes).unwrap();
    assert_eq!(
        items(&header, Tag(0x0009, 0x1001)),
        [vec![(Tag(0x0008, 0x1155), VR::UI)]]
    );
    assert_eq!(header.number(Tag(0x28, 0x10)), Some(2));
}

#[test]
fn un_of_a_known_tag_takes_its_representation() {
    let header = explicit(b"\x28\0\x10\0UN\0\0\x02\0\0\0\x07\0").unwrap();
    assert_eq!(header.elements[0].vr, VR::US);
}

#[test]
fn long_values_and_pixels_stay_outside() {
    let limits = Limits {
        inline_value: 4,
        ..Limits::default()
    };
    let bytes = [
        b"\x09\0\x01\x10OB\0\0\x06\0\0\0abcdef".as_slice(),
        b"\x28\0\x02\0US\x02\0\x01\0",
        ROWS,
        b"\x28\0\x11\0US\x02\0\x03\0\x28\0\x00\x01US\x02\0\x08\0\xe0\x7f\x10\0OB\0\0\x06\0\0\0pixels",
        b"\xfc\xff\xfc\xffOB\0\0\x02\0\0\0\0\0",
    ]
    .concat();
    let header = scan_limited(&TransferSyntax::explicit_little(), &bytes, limits).unwrap();
    let bulk = Value::Bulk {
        offset: 12,
        length: 6,
    };
    assert_eq!(header.elements[0].value, bulk);
    let pixels = header.pixel_data.as_ref().unwrap();
    assert_eq!(&bytes[pixels.offset as usize..][..6], b"pixels");
    assert_eq!(pixels.length, Some(6));
    let FrameTable::Native {
        frame_bits, count, ..
    } = pixels.frames
    else {
        panic!("{pixels:?}");
    };
    assert_eq!((frame_bits, count), (48, 1));
    assert!(header.element(Tag(0xFFFC, 0xFFFC)).is_some());
}

fn encapsulated(frames: &str, table: &[u32], fragments: &[&[u8]]) -> Vec<u8> {
    let mut bytes = format!("\x28\0\x08\0IS\x02\0{frames:<2}").into_bytes();
    bytes.extend(b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff");
    let table: Vec<u8> = table
        .iter()
        .flat_map(|offset| offset.to_le_bytes())
        .collect();
    for fragment in std::iter::once(table.as_slice()).chain(fragments.iter().copied()) {
        bytes.extend(b"\xfe\xff\0\xe0");
        bytes.extend((fragment.len() as u32).to_le_bytes());
        bytes.extend(fragment);
    }
    bytes.extend(SEQUENCE_CLOSE);
    bytes
}

fn frames(bytes: &[u8]) -> Vec<Vec<u8>> {
    let table = explicit(bytes).unwrap().pixel_data.unwrap().frames;
    (0..table.count())
        .map(|index| {
            let spans = table.frame(index).unwrap();
            spans
                .iter()
                .flat_map(|span| &bytes[span.offset as usize..][..span.length as usize])
                .copied()
                .collect()
        })
        .collect()
}

#[test]
fn fragments_become_frames() {
    let fragments: &[&[u8]] = &[b"aa", b"bbbb", b"cc"];
    // One each; all in one; by the Basic Offset Table; by a table that is wrong.
    assert_eq!(frames(&encapsulated("3", &[], fragments)), fragments);
    assert_eq!(frames(&encapsulated("1", &[], fragments)), [b"aabbbbcc"]);
    let by_table: [&[u8]; 2] = [b"aa", b"bbbbcc"];
    assert_eq!(frames(&encapsulated("2", &[0, 10], fragments)), by_table);
    assert_eq!(frames(&encapsulated("3", &[0, 5, 9], fragments)), fragments);
}

#[test]
fn codestreams_show_the_frames_where_no_table_does() {
    let fragments: &[&[u8]] = &[b"\xff\xd8ab", b"cd", b"\xff\xd8ef", b"gh"];
    let bytes = encapsulated("2", &[], fragments);
    let expected: [&[u8]; 2] = [b"\xff\xd8abcd", b"\xff\xd8efgh"];
    assert_eq!(frames(&bytes), expected);
}

#[test]
fn encapsulated_pixel_data_of_defined_length_is_still_encapsulated() {
    let rle = TransferSyntax::parse("1.2.840.10008.1.2.5").unwrap();
    let mut bytes =
        b"\xe0\x7f\x10\0OB\0\0\x12\0\0\0\xfe\xff\0\xe0\0\0\0\0\xfe\xff\0\xe0\x02\0\0\0xx".to_vec();
    bytes.extend(b"\xfc\xff\xfc\xffOB\0\0\x02\0\0\0\0\0");
    let header = scan(&rle, &bytes).unwrap();
    let pixels = header.pixel_data.as_ref().unwrap();
    assert_eq!((pixels.length, pixels.frames.count()), (None, 1));
    assert_eq!(header.elements.len(), 2);
    // Native after all.
    let native = b"\xe0\x7f\x10\0OB\0\0\x06\0\0\0pixels";
    let pixels = scan(&rle, native).unwrap().pixel_data.unwrap();
    assert_eq!(pixels.length, Some(6));
}

#[test]
fn the_extended_offset_table_rules() {
    let mut bytes = b"\xe0\x7f\x01\0OV\0\0\x10\0\0\0".to_vec();
    bytes.extend([0_u64, 10].iter().flat_map(|offset| offset.to_le_bytes()));
    bytes.extend(encapsulated("2", &[], &[b"aa", b"bbbb"]));
    let expected: [&[u8]; 2] = [b"aa", b"bbbb"];
    assert_eq!(frames(&bytes), expected);
}

#[test]
fn the_identity_is_known_before_the_end() {
    let mut scanner = Scanner::new(&TransferSyntax::explicit_little(), Limits::default());
    scanner.feed(SOP_CLASS).unwrap();
    scanner
        .feed(b"\x08\0\x18\0UI\x04\x001.3\0\x20\0\x0d\0UI\x04\x001.4\0")
        .unwrap();
    assert_eq!(scanner.identity(), None);
    scanner.feed(b"\x20\0\x0e\0UI\x04\x001.5\0").unwrap();
    assert_eq!(scanner.identity().unwrap().series.as_str(), "1.5");
}

#[test]
fn a_cut_data_set_is_refused_wherever_it_is_cut_inside_an_element() {
    let sequence = [
        b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff",
        ITEM_OPEN,
        ITEM_CLOSE,
        SEQUENCE_CLOSE,
    ]
    .concat();
    let bytes = [SOP_CLASS, &sequence, ROWS].concat();
    let boundaries = [
        0,
        SOP_CLASS.len(),
        SOP_CLASS.len() + sequence.len(),
        bytes.len(),
    ];
    for end in 0..=bytes.len() {
        let whole = boundaries.contains(&end);
        let read = explicit(&bytes[..end]);
        assert_eq!(read.is_ok(), whole, "cut at {end}: {read:?}");
        if let Err(error) = read {
            assert!(matches!(error, DatasetError::Truncated { .. }), "{error}");
        }
    }
}

#[test]
fn lengths_are_not_trusted() {
    // 4 GiB in 20 bytes, binary and text, and a sequence whose element passes its end.
    for bytes in [
        b"\x09\0\x01\x10OB\0\0\xfe\xff\xff\xffabcd".as_slice(),
        b"\x09\0\x01\x10UT\0\0\xfe\xff\xff\xffabcd",
        b"\x08\0\x40\x11SQ\0\0\x0c\0\0\0\xfe\xff\0\xe0\x04\0\0\0\x08\0\x55\x11",
        b"\x08\0\x40\x11SQ\0\0\x08\0\0\0\xfe\xff\0\xe0\x0c\0\0\0\x08\0\x55\x11UI\x04\x001.2\0",
        b"\x08\0\x16\0LO\xff\xff\xff\xff\xff\xff",
    ] {
        assert!(explicit(bytes).is_err());
    }
}

#[test]
fn limits_hold() {
    let deep = [b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff", ITEM_OPEN]
        .concat()
        .repeat(1000);
    let error = explicit(&deep).unwrap_err();
    assert!(
        matches!(
            error,
            DatasetError::Limit {
                limit: "nested sequences",
                ..
            }
        ),
        "{error}"
    );

    let few = Limits {
        elements: 10,
        fragments: 3,
        header_bytes: 4096,
        ..Limits::default()
    };
    let syntax = TransferSyntax::explicit_little();
    for (bytes, limit) in [
        (ROWS.repeat(11), "elements"),
        (encapsulated("9", &[], &[b"".as_slice(); 4]), "fragments"),
        (
            [b"\x09\0\x01\x10UT\0\0\0\x10\0\0".as_slice(), &[0; 4096]].concat(),
            "bytes of header",
        ),
    ] {
        let error = scan_limited(&syntax, &bytes, few).unwrap_err();
        assert!(error.to_string().ends_with(limit), "{error}");
    }
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn deflated_data_sets_are_inflated_within_bounds() {
    let syntax = TransferSyntax::parse("1.2.840.10008.1.2.1.99").unwrap();
    let plain = [SOP_CLASS, b"\xe0\x7f\x10\0OB\0\0\0\0\x10\0", &[0; 1 << 20]].concat();
    let mut deflated = deflate(&plain);
    deflated.push(0);
    let header = scan(&syntax, &deflated).unwrap();
    assert_eq!(header.length, deflated.len() as u64);
    assert_eq!(header.inflated_length, plain.len() as u64);
    assert_eq!(header.pixel_data.unwrap().length, Some(1 << 20));

    let bounded = Limits {
        inflated_bytes: 1 << 19,
        ..Limits::default()
    };
    assert!(scan_limited(&syntax, &deflated, bounded).is_err());
    assert!(scan(&syntax, &deflated[..deflated.len() / 2]).is_err());
    assert!(scan(&syntax, b"no deflate stream at all").is_err());
}

/// The last bytes of a stream may stand for more than the inflater's window of 32 KiB has room for when it takes them.
#[test]
fn what_the_last_bytes_of_a_deflated_data_set_stand_for_is_read_across_the_window() {
    let syntax = TransferSyntax::parse("1.2.840.10008.1.2.1.99").unwrap();
    for length in (5 * 32_768..5 * 32_768 + 300).step_by(4) {
        let head = [SOP_CLASS, b"\xe0\x7f\x10\0OB\0\0"].concat();
        let value = length - head.len() as u32 - 4;
        let plain = [&head, &value.to_le_bytes()[..], &vec![0; value as usize]].concat();
        let mut scanner = Scanner::new(&syntax, Limits::default());
        scanner.feed(&deflate(&plain)).unwrap();
        let read = scanner.finish().map(|header| header.inflated_length);
        assert!(matches!(read, Ok(l) if l == u64::from(length)), "{read:?}");
    }
}

/// However a stream comes, all that it holds is read.
#[test]
fn a_deflated_data_set_may_be_parted_anywhere() {
    let syntax = TransferSyntax::parse("1.2.840.10008.1.2.1.99").unwrap();
    let plain = [SOP_CLASS, b"\xe0\x7f\x10\0OB\0\0\0\0\x04\0", &[0; 1 << 18]].concat();
    let deflated = deflate(&plain);
    for at in 0..deflated.len() {
        let mut scanner = Scanner::new(&syntax, Limits::default());
        for piece in [&deflated[..at], &deflated[at..]] {
            scanner.feed(piece).unwrap();
        }
        let header = scanner.finish();
        let length = header.map(|header| header.inflated_length);
        assert!(
            matches!(length, Ok(l) if l == plain.len() as u64),
            "{at}: {length:?}"
        );
    }
}

#[test]
fn zeros_after_the_end_are_padding_and_nothing_else_is() {
    assert!(explicit(&[ROWS, &[0; 13]].concat()).is_ok());
    assert!(explicit(&[ROWS, &[0; 12], b"x"].concat()).is_err());
}
