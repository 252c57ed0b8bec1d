//! Colours that are known (PS3.3 §C.7.6.3.1.2, §C.7.9, §C.7.6.19).

use super::*;
use crate::render::{ColourManagement, ImageFormat, Rendering};

fn ybr(term: &str) -> Photometric {
    Photometric::parse(term)
}

/// Eight colours of the cube, and some between.
const COLOURS: [[u8; 3]; 11] = [
    [0, 0, 0],
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 0],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
    [128, 128, 128],
    [10, 200, 60],
    [201, 33, 97],
];

/// Colours by a matrix of the standard, with its offsets, rounded.
fn by(matrix: [[f64; 3]; 3], offsets: [f64; 3], scale: f64) -> Vec<f64> {
    COLOURS
        .iter()
        .flat_map(|rgb| {
            [0, 1, 2].map(|out| {
                let [red, green, blue] = rgb.map(f64::from);
                let [a, b, c] = matrix[out];
                ((a * red + b * green + c * blue + offsets[out]) * scale).round()
            })
        })
        .collect()
}

fn near(found: &[u8], tolerance: i32) {
    for (found, expected) in found.chunks(3).zip(COLOURS) {
        for channel in 0..3 {
            let difference = i32::from(found[channel]) - i32::from(expected[channel]);
            assert!(difference.abs() <= tolerance, "{found:?}, not {expected:?}");
        }
    }
}

#[test]
fn luminance_and_chrominances_become_the_colours_they_were() {
    let full = [
        [0.2990, 0.5870, 0.1140],
        [-0.1687, -0.3313, 0.5000],
        [0.5000, -0.4187, -0.0813],
    ];
    let partial = [
        [0.2568, 0.5041, 0.0979],
        [-0.1482, -0.2910, 0.4392],
        [0.4392, -0.3678, -0.0714],
    ];
    let plain = presentation(vec![]);
    for (terms, matrix, luminance) in [
        (&["YBR_FULL", "YBR_FULL_422", "YBR_ICT"][..], full, 0.0),
        (&["YBR_PARTIAL_422", "YBR_PARTIAL_420"], partial, 16.0),
    ] {
        for term in terms {
            let bytes = by(matrix, [luminance, 128.0, 128.0], 1.0);
            let bytes = bytes.iter().map(|&sample| sample as u8).collect();
            near(&as_is(row(Samples::U8(bytes), 8, ybr(term)), &plain), 2);
            // The same of 12 bits.
            let words = by(matrix, [luminance, 127.531, 127.531], 4095.0 / 255.0);
            let words = words.iter().map(|&sample| sample as u16).collect();
            near(&as_is(row(Samples::U16(words), 12, ybr(term)), &plain), 1);
        }
    }
}

#[test]
fn native_pixels_that_share_chrominances_become_known_colours() {
    // Pairs of one colour: red, green, blue, white and black by the equations of PS3.3
    // §C.7.6.3.1.2; Y1 Y2 Cb Cr.
    let full = [
        [76, 76, 85, 255],
        [150, 150, 44, 21],
        [29, 29, 255, 107],
        [255, 255, 128, 128],
        [0, 0, 128, 128],
    ];
    let partial = [
        [81, 81, 90, 240],
        [145, 145, 54, 34],
        [41, 41, 240, 110],
        [235, 235, 128, 128],
        [16, 16, 128, 128],
    ];
    let expected = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255; 3], [0; 3]];
    for (term, fours) in [("YBR_FULL_422", full), ("YBR_PARTIAL_422", partial)] {
        let described = crate::PixelDescription {
            rows: 1,
            columns: 10,
            samples_per_pixel: 3,
            bits_allocated: 8,
            bits_stored: 8,
            high_bit: 7,
            signed: false,
            photometric: ybr(term),
            planar: false,
            frames: 1,
            lossy: false,
            kind: crate::PixelKind::Integer,
        };
        let (native, limits) = (TransferSyntax::explicit_little(), crate::Limits::default());
        let frame = crate::decode(&fours.concat(), &described, &native, &limits).unwrap();
        let found = as_is(frame, &presentation(vec![]));
        for (found, expected) in found.chunks(6).zip(expected) {
            let far = (0..6).any(|at| found[at].abs_diff(expected[at % 3]) > 2);
            assert!(!far, "{term}: {found:?}, not {expected:?}");
        }
    }
}

#[test]
fn the_reversible_transform_is_undone_exactly() {
    // ITU-T T.800 §G.2.1; differences with half the range of nine bits added.
    let mut unsigned = Vec::new();
    for rgb in COLOURS {
        let [red, green, blue] = rgb.map(i16::from);
        let three = [(red + 2 * green + blue) >> 2, blue - green, red - green];
        unsigned.extend([three[0], three[1] + 256, three[2] + 256].map(|word| word as u16));
    }
    let plain = presentation(vec![]);
    let found = as_is(row(Samples::U16(unsigned), 9, ybr("YBR_RCT")), &plain);
    // Nine bits of which eight are used: half as bright.
    for (found, expected) in found.chunks(3).zip(COLOURS) {
        let half = expected.map(|sample| (f64::from(sample) * 255.0 / 511.0).round() as u8);
        assert_eq!(found, half);
    }
}

#[test]
fn deep_colours_are_scaled_to_eight_bits() {
    let words = vec![0, 65_535, 32_768, 257, 384, 128];
    let frame = row(Samples::U16(words), 16, Photometric::Rgb);
    assert_eq!(as_is(frame, &presentation(vec![])), [0, 255, 128, 1, 1, 0]);
}

fn palette(tables: [&[i32]; 3], first: i32, bits: i32) -> Vec<Element> {
    let table = |(colour, values): (u16, &[i32])| {
        [
            shorts(0x0028, 0x1101 + colour, &[values.len() as i32, first, bits]),
            shorts(0x0028, 0x1201 + colour, values),
        ]
    };
    (0..3).zip(tables).flat_map(table).collect()
}

#[test]
fn a_palette_gives_colours() {
    let wide = palette([&[0, 0xFF00, 1], &[0, 0, 0x8000], &[0xFFFF, 0, 0]], 0, 16);
    let narrow = palette([&[0, 255, 0], &[0, 0, 128], &[255, 0, 0]], 0, 8);
    let mislabelled = palette([&[0, 255, 0], &[0, 0, 128], &[255, 0, 0]], 0, 16);
    // Past its end a palette gives its last colour.
    let expected = [[0, 0, 255], [255, 0, 0], [0, 128, 0], [0, 128, 0]].concat();
    for elements in [wide, narrow, mislabelled] {
        let frame = row(Samples::U8(vec![0, 1, 2, 9]), 8, Photometric::Palette);
        assert_eq!(as_is(frame, &presentation(elements)), expected);
    }
    let missing = row(Samples::U8(vec![0]), 8, Photometric::Palette);
    let rendering = Rendering::default();
    let error = crate::render::picture(missing, &presentation(vec![]), &rendering, 100);
    assert!(error.unwrap_err().to_string().contains("palette"));
}

#[test]
fn a_palette_of_segments_gives_colours() {
    // Red: two values, then a line; green: a line from nothing to all; blue: the same twice.
    let segments: [&[i32]; 3] = [
        &[0, 2, 0, 0x1000, 1, 4, 0x5000],
        &[0, 1, 0, 1, 5, 0xFF00],
        &[0, 3, 0x100, 0x200, 0x300, 2, 1, 0, 0],
    ];
    let mut elements = Vec::new();
    for (colour, segments) in (0..3).zip(segments) {
        elements.push(shorts(0x0028, 0x1101 + colour, &[6, 0, 16]));
        elements.push(shorts(0x0028, 0x1221 + colour, segments));
    }
    let frame = row(Samples::U8(vec![0, 1, 2, 3, 4, 5]), 8, Photometric::Palette);
    let expected = [
        [0, 0, 1],
        [0x10, 0x33, 2],
        [0x20, 0x66, 3],
        [0x30, 0x99, 1],
        [0x40, 0xCC, 2],
        [0x50, 0xFF, 3],
    ];
    assert_eq!(as_is(frame, &presentation(elements)), expected.concat());
}

#[test]
fn a_supplemental_palette_colours_only_its_own_values() {
    let mut elements = palette([&[0, 0xFF00], &[0xFF00, 0], &[0, 0]], 200, 16);
    elements.push(text(0x0008, 0x9205, VR::CS, "COLOR"));
    elements.push(text(0x0028, 0x1050, VR::DS, "50.5"));
    elements.push(text(0x0028, 0x1051, VR::DS, "101"));
    let values = || {
        row(
            Samples::U16(vec![0, 100, 200, 201]),
            16,
            Photometric::Monochrome2,
        )
    };
    let expected = [[0; 3], [255; 3], [0, 255, 0], [255, 0, 0]].concat();
    assert_eq!(as_is(values(), &presentation(elements.clone())), expected);
    // Without Pixel Presentation the palette means nothing to a gray image.
    elements.retain(|element| element.tag.0 != 0x0008);
    assert_eq!(as_is(values(), &presentation(elements)), [0, 255, 255, 255]);
}

#[test]
fn a_profile_is_applied_or_goes_into_the_file() {
    // Adobe RGB is wider than sRGB: its pure green has no equal there, its grays are the same.
    let adobe = moxcms::ColorProfile::new_adobe_rgb().encode().unwrap();
    let profile = element(Tag(0x0028, 0x2000), VR::OB, adobe.clone());
    let presentation = presentation(vec![profile]);
    let frame = || {
        let bytes = vec![128, 128, 128, 150, 100, 50, 255, 255, 255];
        row(Samples::U8(bytes), 8, Photometric::Rgb)
    };
    let picture = shown(frame(), &presentation, &Rendering::default());
    // (150, 100, 50) of Adobe RGB (1998) in sRGB, computed from both definitions: D65,
    // gamma 563/256, the sRGB curve, clipped.
    let expected = [128, 128, 128, 167, 100, 42, 255, 255, 255];
    for (found, expected) in picture.bytes.iter().zip(expected) {
        assert!(found.abs_diff(expected) <= 1, "{:?}", picture.bytes);
    }
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Webp] {
        let rendering = Rendering {
            colours: ColourManagement::Embed,
            format,
            ..Rendering::default()
        };
        assert_eq!(shown(frame(), &presentation, &rendering).bytes[3], 150);
        let file = crate::render::render(frame(), &presentation, &rendering, 1 << 20).unwrap();
        let marker: &[u8] = match format {
            ImageFormat::Jpeg => b"ICC_PROFILE\0",
            ImageFormat::Png => b"iCCP",
            ImageFormat::Webp => b"ICCP",
        };
        let found = file.windows(marker.len()).any(|bytes| bytes == marker);
        assert!(found, "{format:?}");
    }
}
