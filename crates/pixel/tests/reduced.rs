//! Frames decoded smaller than they are: as large as is asked for at least, alike to the whole ones,
//! and never where means of samples mean nothing.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod small;

use std::fs;

use model::TransferSyntax;
use pixel::{
    Frame, Limits, Object, Photometric, PixelDescription,
    render::{self, LongValues, Picture, Presentation, Rendering},
};
use small::{description, stream};
use testkit::manifest;

fn at_least(name: &str, described: &PixelDescription, last: &str, side: u32) -> Frame {
    let syntax = TransferSyntax::parse(&format!("1.2.840.10008.1.2.{last}")).unwrap();
    let limits = Limits::default();
    pixel::decode_at_least(&stream(name), described, &syntax, &limits, side).unwrap()
}

fn values(frame: &Frame) -> Vec<f64> {
    let bytes = frame.samples.as_bytes();
    match frame.samples.width() {
        1 => bytes.iter().map(|&value| value.into()).collect(),
        _ => bytes
            .chunks_exact(2)
            .map(|word| u16::from_le_bytes([word[0], word[1]]).into())
            .collect(),
    }
}

/// Streams of 32 × 24 pixels that may be halved: samples, bits, transfer syntax.
const HALVED: [(&str, u16, u16, &str); 4] = [
    ("j2k_12.j2k", 1, 12, "4.90"),
    // Its code stream says 16 bits.
    ("htj2k_12.j2c", 1, 16, "4.201"),
    ("jpeg_12.jpg", 1, 12, "4.51"),
    ("jpeg_ybr.jpg", 3, 8, "4.50"),
];

#[test]
fn a_frame_keeps_the_side_that_is_asked_for() {
    for (name, samples, bits, last) in HALVED {
        let described = description(samples, bits);
        // One level is all that this stream has.
        let least = if name == "j2k_12.j2k" {
            (16, 12)
        } else {
            (8, 6)
        };
        for (side, size) in [
            (u32::MAX, (32, 24)),
            (33, (32, 24)),
            (17, (32, 24)),
            (16, (16, 12)),
            (9, (16, 12)),
            (8, least),
        ] {
            let frame = at_least(name, &described, last, side);
            assert_eq!((frame.columns, frame.rows), size, "{name}, {side}");
            let whole = (size != (32, 24)).then_some((32, 24));
            assert_eq!(frame.whole, whole, "{name}, {side}");
            assert_eq!(frame.agrees_with(&described).is_ok(), whole.is_none());
            assert_eq!(frame.samples.len(), frame.pixels() * usize::from(samples));
        }
    }
}

#[test]
fn a_halved_frame_is_alike_to_the_means_of_the_whole() {
    for (name, samples, bits, last) in HALVED {
        let described = description(samples, bits);
        let whole = values(&at_least(name, &described, last, 32));
        let half = values(&at_least(name, &described, last, 16));
        let samples = usize::from(samples);
        let mut far = 0.0;
        for (at, value) in half.iter().enumerate() {
            let (pixel, sample) = (at / samples, at % samples);
            let (row, column) = (pixel / 16 * 2, pixel % 16 * 2);
            let four = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(down, right)| {
                whole[((row + down) * 32 + column + right) * samples + sample]
            });
            far += (four.iter().sum::<f64>() / 4.0 - value).abs();
        }
        // The filters of the codecs are no plain means: within a twentieth of the range.
        let greatest = whole.iter().copied().fold(1.0, f64::max);
        let mean = far / half.len() as f64 / greatest;
        println!("{name}: {mean}");
        assert!(mean < 0.05, "{name}: {mean}");
    }
}

#[test]
fn samples_whose_means_mean_nothing_come_out_whole() {
    let is_whole = |name, described: &PixelDescription, last| {
        let frame = at_least(name, described, last, 1);
        (frame.columns, frame.rows, frame.whole) == (32, 24, None)
    };
    for (name, samples, bits, last) in HALVED {
        let plain = description(samples, bits);
        assert!(!is_whole(name, &plain, last), "{name}");
        let palette = PixelDescription {
            photometric: Photometric::Palette,
            ..plain.clone()
        };
        assert!(is_whole(name, &palette, last), "{name}: a palette");
        // Bits beside the value may be an overlay's.
        let narrow = PixelDescription {
            bits_stored: bits - 2,
            high_bit: bits - 3,
            ..plain.clone()
        };
        assert!(is_whole(name, &narrow, last), "{name}: other bits");
        // The stream is unsigned: -1 is its greatest sample.
        let signed = PixelDescription {
            signed: true,
            ..plain.clone()
        };
        assert!(is_whole(name, &signed, last), "{name}: a sign");
        let other = PixelDescription {
            samples_per_pixel: 4 - samples,
            ..plain
        };
        assert!(is_whole(name, &other, last), "{name}: other samples");
    }
    for (name, bits, last) in [
        ("jpeg_lossless_12.jpg", 12, "4.70"),
        ("jpegls_12.jls", 12, "4.80"),
        ("jxl_12.jxl", 12, "4.110"),
        ("source_12.raw", 12, "1"),
    ] {
        assert!(is_whole(name, &description(1, bits), last), "{name}");
    }
}

/// Files whose frames may be made smaller, of all ways to do so: 16-bit gray JPEG 2000, lossless and
/// lossy, HTJ2K, colours of both, colour JPEG with and without shared chrominances.
const FILES: [&str; 8] = [
    "public/dicom-test-files/MR1_J2KI.dcm",
    "public/orthanc-tests/2022-03-08-RicSmi.dcm",
    "public/DICOMHTJ2K/MR1_JPH.dcm",
    "public/DICOMHTJ2K/US1_JPH.dcm",
    "public/dicom-test-files/VL1_J2KI.dcm",
    "public/orthanc-tests/1.2.840.10008.1.2.4.50.dcm",
    "generated/codec/jpeg_base_ybr444.dcm",
    "generated/codec/jpeg_base_ybr420.dcm",
];

#[test]
fn a_thumbnail_of_a_smaller_frame_is_near_that_of_the_whole() {
    let Some((folder, _)) = manifest::read().unwrap() else {
        return;
    };
    for path in FILES {
        let bytes = fs::read(folder.join(path)).unwrap();
        let object = Object::read(&bytes, 1 << 30).unwrap();
        let presentation = Presentation::read(&object.header, 0, &LongValues::new());
        for side in [30, 57, 96, 128] {
            let rendering = Rendering {
                size: Some((side, side)),
                ..Rendering::default()
            };
            let least = presentation.least_side(&rendering);
            assert_eq!(least, 2 * side, "{path}");
            let limits = Limits::default();
            let whole = object.frame(0, &limits).unwrap();
            let less = object.frame_at_least(0, &limits, least).unwrap();
            let size = (whole.columns, whole.rows);
            let halved = size.0.max(size.1) / 2 >= least;
            assert_eq!(less.whole, halved.then_some(size), "{path}");
            assert!(!halved || less.columns.max(less.rows) >= least, "{path}");
            let shown = |frame| -> Picture {
                render::picture(frame, &presentation, &rendering, 1 << 30).unwrap()
            };
            let (whole, less) = (shown(whole), shown(less));
            assert_eq!((less.columns, less.rows), (whole.columns, whole.rows));
            let pairs = less.bytes.iter().zip(&whole.bytes);
            let far: Vec<u8> = pairs.map(|(a, b)| a.abs_diff(*b)).collect();
            let mean = far.iter().map(|&far| f64::from(far)).sum::<f64>() / far.len() as f64;
            let wide = far.iter().filter(|&&far| far > 48).count() as f64 / far.len() as f64;
            println!(
                "{path} {side}: mean {mean:.2}, {:.3} % beyond 48",
                wide * 100.0
            );
            assert!(mean < 8.0 && wide < 0.01, "{path} {side}: {mean}, {wide}");
        }
    }
}
