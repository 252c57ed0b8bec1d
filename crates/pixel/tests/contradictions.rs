//! Streams that contradict their header, and fragments that are laid out oddly: the stream counts,
//! and what is certain is decoded (PS3.5 §8.2, §A.4).
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod small;

use model::TransferSyntax;
use pixel::{Frame, Limits, Photometric, PixelDescription, PixelError, Samples};
use small::{description, stream};

fn syntax(last: &str) -> TransferSyntax {
    TransferSyntax::parse(&format!("1.2.840.10008.1.2.{last}")).unwrap()
}

fn decode(stream: &[u8], described: &PixelDescription, last: &str) -> Result<Frame, PixelError> {
    pixel::decode(stream, described, &syntax(last), &Limits::default())
}

/// The pixels that went into the lossless streams.
fn source(name: &str) -> Vec<u8> {
    stream(name)
}

#[test]
fn lossless_streams_give_the_pixels_that_went_in() {
    let all = [
        ("jpeg_lossless_12.jpg", 1, 12, "4.70", "source_12.raw"),
        ("jpeg_lossless_16.jpg", 1, 16, "4.57", "source_16.raw"),
        ("jpeg_lossless_rgb.jpg", 3, 8, "4.70", "source_rgb.raw"),
        ("jpegls_12.jls", 1, 12, "4.80", "source_12.raw"),
        ("jpegls_rgb.jls", 3, 8, "4.80", "source_rgb.raw"),
        ("j2k_12.j2k", 1, 12, "4.90", "source_12.raw"),
        ("htj2k_12.j2c", 1, 12, "4.201", "source_12.raw"),
        ("jxl_12.jxl", 1, 12, "4.110", "source_12.raw"),
    ];
    for (name, samples, bits, last, raw) in all {
        let frame = decode(&stream(name), &description(samples, bits), last).unwrap();
        assert_eq!(frame.samples.as_bytes(), source(raw), "{name}");
        assert_eq!(
            frame.agrees_with(&description(samples, bits)),
            Ok(()),
            "{name}"
        );
    }
}

#[test]
fn the_stream_tells_the_size() {
    let mut wrong = description(1, 12);
    (wrong.rows, wrong.columns) = (7, 9);
    for (name, last) in [
        ("jpeg_lossless_12.jpg", "4.70"),
        ("jpegls_12.jls", "4.80"),
        ("j2k_12.j2k", "4.90"),
        ("htj2k_12.j2c", "4.202"),
        ("jxl_12.jxl", "4.110"),
    ] {
        let frame = decode(&stream(name), &wrong, last).unwrap();
        assert_eq!((frame.rows, frame.columns), (24, 32), "{name}");
        assert!(frame.agrees_with(&wrong).is_err(), "{name}");
    }
}

#[test]
fn the_stream_tells_how_many_samples_and_bits() {
    // A colour stream behind a header of one gray sample, a 12-bit one behind one of 8 bits.
    let gray = description(1, 8);
    let frame = decode(&stream("jpegls_rgb.jls"), &gray, "4.80").unwrap();
    assert_eq!(
        (frame.samples_per_pixel, &frame.photometric),
        (3, &Photometric::Rgb)
    );
    let frame = decode(&stream("jpeg_lossless_12.jpg"), &gray, "4.70").unwrap();
    assert_eq!(frame.bits_stored, 12);
    assert_eq!(frame.samples.as_bytes(), source("source_12.raw"));
}

#[test]
fn what_jpeg_colours_are_the_stream_says_if_it_does() {
    let mut described = description(3, 8);
    let ybr = stream("jpeg_ybr.jpg");
    // JFIF: YBR, although the header says RGB; the same samples whatever the header says.
    let labelled_rgb = decode(&ybr, &described, "4.50").unwrap();
    described.photometric = Photometric::YbrFull422;
    let labelled_ybr = decode(&ybr, &described, "4.50").unwrap();
    assert_eq!(labelled_rgb.photometric, Photometric::YbrFull);
    assert_eq!(labelled_rgb, labelled_ybr);
    // An Adobe marker instead that says "no transform": RGB, although the header says YBR.
    let at = ybr
        .windows(2)
        .position(|pair| pair == [0xFF, 0xE0])
        .unwrap();
    let length = usize::from(u16::from_be_bytes([ybr[at + 2], ybr[at + 3]]));
    let mut adobe = ybr.clone();
    adobe.splice(
        at..at + 2 + length,
        *b"\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00\x00",
    );
    let frame = decode(&adobe, &described, "4.50").unwrap();
    assert_eq!(frame.photometric, Photometric::Rgb);
    assert_eq!(frame.samples, labelled_ybr.samples);
}

#[test]
fn a_stray_byte_before_the_end_marker_and_a_missing_end_marker_do_no_harm() {
    for (name, last) in [
        ("jpeg_lossless_12.jpg", "4.70"),
        ("jpegls_12.jls", "4.80"),
        ("jpeg_12.jpg", "4.51"),
    ] {
        let whole = stream(name);
        let expected = decode(&whole, &description(1, 12), last).unwrap();
        let body = whole.strip_suffix(&[0xFF, 0xD9]).unwrap();
        for odd in [
            [body, &[0x00, 0xFF, 0xD9]].concat(),
            [&whole[..], &[0x00]].concat(),
            body.to_vec(),
        ] {
            let found = decode(&odd, &description(1, 12), last);
            assert_eq!(found.as_ref(), Ok(&expected), "{name}, {} bytes", odd.len());
        }
    }
}

#[test]
fn a_cut_stream_is_an_error() {
    for (name, bits, last) in [
        ("jpeg_8.jpg", 8, "4.50"),
        ("jpeg_12.jpg", 12, "4.51"),
        ("jpeg_lossless_12.jpg", 12, "4.70"),
        ("jpegls_12.jls", 12, "4.80"),
        ("j2k_12.j2k", 12, "4.90"),
        ("jxl_12.jxl", 12, "4.110"),
    ] {
        let whole = stream(name);
        let cut = &whole[..whole.len() * 3 / 4];
        assert!(decode(cut, &description(1, bits), last).is_err(), "{name}");
    }
}

#[test]
fn signed_samples_get_their_sign() {
    let mut described = description(1, 12);
    described.signed = true;
    let expected: Vec<i16> = source("source_12.raw")
        .chunks_exact(2)
        .map(|word| i16::from_le_bytes([word[0], word[1]]))
        .map(|value| if value >= 2048 { value - 4096 } else { value })
        .collect();
    assert!(expected.iter().any(|&value| value < 0));
    for (name, last) in [("jpeg_lossless_12.jpg", "4.70"), ("jpegls_12.jls", "4.80")] {
        let frame = decode(&stream(name), &described, last).unwrap();
        let values = frame.into_stored_values().samples;
        assert_eq!(values, Samples::I16(expected.clone()), "{name}");
    }
}

#[test]
fn a_frame_over_the_limits_is_refused_before_it_is_decoded() {
    let limits = Limits {
        max_frame_bytes: 1_000,
        ..Limits::default()
    };
    for (name, last) in [
        ("jpeg_lossless_12.jpg", "4.70"),
        ("jpegls_12.jls", "4.80"),
        ("j2k_12.j2k", "4.90"),
        ("jxl_12.jxl", "4.110"),
        ("source_12.raw", "1"),
    ] {
        let found = pixel::decode(&stream(name), &description(1, 12), &syntax(last), &limits);
        assert!(
            matches!(found, Err(PixelError::TooLarge(_))),
            "{name}: {found:?}"
        );
    }
}

#[test]
fn video_is_told_to_be_video() {
    let found = decode(&[0; 64], &description(3, 8), "4.102");
    let Err(PixelError::Unsupported(reason)) = found else {
        panic!("{found:?}");
    };
    assert!(reason.contains("video"));
    assert!(!pixel::is_decodable(&syntax("4.102")));
}
