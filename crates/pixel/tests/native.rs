//! Native words of every width, and the forms that only rearrange them (PS3.5 §8.1, §A.4.11, §G).
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use model::TransferSyntax;
use pixel::{Frame, Limits, Photometric, PixelDescription, PixelError, PixelKind, Samples};

fn description(bits_allocated: u16, photometric: &str) -> PixelDescription {
    let photometric = Photometric::parse(photometric);
    PixelDescription {
        rows: 2,
        columns: 2,
        samples_per_pixel: match photometric {
            Photometric::Monochrome2 => 1,
            _ => 3,
        },
        bits_allocated,
        bits_stored: bits_allocated,
        high_bit: bits_allocated - 1,
        signed: false,
        photometric,
        planar: false,
        frames: 1,
        lossy: false,
        kind: PixelKind::Integer,
    }
}

fn decode(bytes: &[u8], described: &PixelDescription, syntax: &str) -> Result<Frame, PixelError> {
    let syntax = TransferSyntax::parse(syntax).unwrap();
    pixel::decode(bytes, described, &syntax, &Limits::default())
}

const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const IN_FRAGMENTS: &str = "1.2.840.10008.1.2.1.98";
const RLE: &str = "1.2.840.10008.1.2.5";

fn gray(bits: u16) -> PixelDescription {
    description(bits, "MONOCHROME2")
}

#[test]
fn words_of_every_width_are_read() {
    let bytes: Vec<u8> = (1..=32).collect();
    let samples = |length: usize, described| {
        decode(&bytes[..length], &described, EXPLICIT)
            .unwrap()
            .samples
    };
    assert_eq!(samples(1, gray(1)), Samples::U8(vec![1, 0, 0, 0]));
    assert_eq!(samples(4, gray(8)), Samples::U8(vec![1, 2, 3, 4]));
    assert_eq!(
        samples(8, gray(16)),
        Samples::U16(vec![0x0201, 0x0403, 0x0605, 0x0807])
    );
    let Samples::U32(words) = samples(16, gray(32)) else {
        panic!("not 32 bits");
    };
    assert_eq!(words[3], 0x100F_0E0D);
    let signed = PixelDescription {
        signed: true,
        ..gray(64)
    };
    let Samples::I64(words) = samples(32, signed) else {
        panic!("not 64 signed bits");
    };
    assert_eq!(words[0], 0x0807_0605_0403_0201);
}

#[test]
fn floating_point_pixels_are_read() {
    let values = [0.5_f32, -1.0, 1e9, f32::MIN_POSITIVE];
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    let described = PixelDescription {
        kind: PixelKind::Float,
        ..gray(32)
    };
    let frame = decode(&bytes, &described, EXPLICIT).unwrap();
    assert_eq!(frame.samples, Samples::F32(values.to_vec()));
    let wrong = PixelDescription {
        kind: PixelKind::Double,
        ..gray(32)
    };
    assert!(matches!(
        decode(&bytes, &wrong, EXPLICIT),
        Err(PixelError::Description(_))
    ));
}

#[test]
fn planes_and_shared_chrominances_become_pixels() {
    let planes: Vec<u8> = (1..=12).collect();
    let planar = PixelDescription {
        planar: true,
        ..description(8, "RGB")
    };
    let expected = Samples::U8(vec![1, 5, 9, 2, 6, 10, 3, 7, 11, 4, 8, 12]);
    for syntax in [EXPLICIT, IN_FRAGMENTS] {
        assert_eq!(decode(&planes, &planar, syntax).unwrap().samples, expected);
    }
    // Two luminances, then the chrominances of both (PS3.3 §C.7.6.3.1.2).
    for (term, photometric, is_told) in [
        ("YBR_FULL_422", Photometric::YbrFull, true),
        ("YBR_PARTIAL_422", Photometric::YbrPartial422, false),
    ] {
        let shared = description(8, term);
        let frame = decode(&[1, 2, 50, 60, 3, 4, 70, 80], &shared, EXPLICIT).unwrap();
        assert_eq!(frame.photometric, photometric);
        assert_eq!(
            frame.samples,
            Samples::U8(vec![1, 50, 60, 2, 50, 60, 3, 70, 80, 4, 70, 80])
        );
        // A header of three samples a pixel can say the one of them only.
        assert_eq!(frame.agrees_with(&shared).is_ok(), is_told, "{term}");
        assert!(decode(&[0; 12], &shared, EXPLICIT).is_err(), "{term}");
    }
}

#[test]
fn bits_that_are_no_part_of_a_value_go() {
    let described = PixelDescription {
        bits_stored: 12,
        high_bit: 13,
        ..gray(16)
    };
    let bytes: Vec<u8> = [0xFFFF_u16, 0x0004, 0xC003, 0x2000]
        .iter()
        .flat_map(|word| word.to_le_bytes())
        .collect();
    let frame = decode(&bytes, &described, EXPLICIT).unwrap();
    assert_eq!(
        frame.clone().into_stored_values().samples,
        Samples::U16(vec![0x0FFF, 1, 0, 0x0800])
    );
    let signed = PixelDescription {
        signed: true,
        ..described
    };
    let frame = decode(&bytes, &signed, EXPLICIT).unwrap();
    assert_eq!(
        frame.into_stored_values().samples,
        Samples::I16(vec![-1, 1, 0, -2048])
    );
}

#[test]
fn a_frame_of_another_length_is_refused_but_for_padding() {
    let odd = PixelDescription {
        columns: 1,
        rows: 3,
        ..gray(8)
    };
    assert!(decode(&[1, 2, 3, 0], &odd, IN_FRAGMENTS).is_ok());
    assert!(decode(&[1, 2], &odd, IN_FRAGMENTS).is_err());
    assert!(decode(&[1, 2, 3, 4, 5], &odd, IN_FRAGMENTS).is_err());
}

#[test]
fn rle_of_32_bits_puts_its_bytes_together() {
    // Four segments, most significant first: a run, and literals; a no-op and padding between.
    let segments: [&[u8]; 4] = [
        &[0xFD, 0x01],
        &[0x80, 0xFD, 0x02],
        &[3, 9, 8, 7, 6, 0],
        &[0xFD, 4],
    ];
    let mut frame = vec![0; 64];
    frame[0] = 4;
    for (index, segment) in segments.iter().enumerate() {
        let at = frame.len() as u32;
        frame[4 + index * 4..8 + index * 4].copy_from_slice(&at.to_le_bytes());
        frame.extend_from_slice(segment);
    }
    let decoded = decode(&frame, &gray(32), RLE).unwrap();
    let expected = vec![0x0102_0904, 0x0102_0804, 0x0102_0704, 0x0102_0604];
    assert_eq!(decoded.samples, Samples::U32(expected));
}
