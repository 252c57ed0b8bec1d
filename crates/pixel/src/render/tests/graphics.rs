//! Overlays, shutters, and what part of a picture is shown, how, and how large.

use super::*;
use crate::render::{Region, Turn};

/// 0 to 11 in four columns, as they are.
fn twelve() -> Frame {
    Frame {
        rows: 3,
        columns: 4,
        ..row(Samples::U8((0..12).collect()), 8, Photometric::Monochrome2)
    }
}

/// Stored values are grays.
fn plainly(mut elements: Vec<Element>) -> Presentation {
    elements.push(text(0x0028, 0x1050, VR::DS, "128"));
    elements.push(text(0x0028, 0x1051, VR::DS, "256"));
    presentation(elements)
}

fn overlay(group: u16, origin: &[i32], data: Option<Vec<u8>>) -> Vec<Element> {
    let mut elements = vec![
        shorts(group, 0x0010, &[2]),
        shorts(group, 0x0011, &[3]),
        text(group, 0x0040, VR::CS, "G"),
        element(
            Tag(group, 0x0050),
            VR::SS,
            origin
                .iter()
                .flat_map(|&at| (at as i16).to_le_bytes())
                .collect(),
        ),
    ];
    elements.extend(data.map(|data| element(Tag(group, 0x3000), VR::OW, data)));
    elements
}

#[test]
fn an_overlay_is_drawn_where_it_lies() {
    // 101 over 011, from the second row and column on; one that hangs over the left upper corner.
    let mut elements = overlay(0x6000, &[2, 2], Some(vec![0b11_0101, 0]));
    elements.extend(overlay(0x6002, &[0, 0], Some(vec![0b01_1111, 0])));
    let bytes = as_is(twelve(), &plainly(elements.clone()));
    assert_eq!(bytes, [255, 1, 2, 3, 4, 255, 6, 255, 8, 9, 255, 255]);
    let rendering = Rendering {
        graphics: false,
        ..Rendering::default()
    };
    let bytes = shown(twelve(), &plainly(elements.clone()), &rendering).bytes;
    assert_eq!(bytes, (0..12).collect::<Vec<u8>>());
    // A region of interest is no part of the picture.
    elements.retain(|element| element.tag.0 == 0x6000 && element.tag.1 != 0x0040);
    elements.push(text(0x6000, 0x0040, VR::CS, "R"));
    let bytes = as_is(twelve(), &plainly(elements));
    assert_eq!(bytes, (0..12).collect::<Vec<u8>>());
}

#[test]
fn an_overlay_of_several_planes_has_one_for_each_of_its_frames() {
    let mut elements = overlay(0x6000, &[1, 1], Some(vec![0b0100_0000, 0b0000_1000]));
    elements.push(text(0x6000, 0x0015, VR::IS, "2"));
    elements.push(shorts(0x6000, 0x0051, &[2]));
    elements.push(text(0x0028, 0x1050, VR::DS, "128"));
    elements.push(text(0x0028, 0x1051, VR::DS, "256"));
    let header = header(elements);
    // Planes of six bits follow each other: the second begins at the seventh bit.
    for (index0, white) in [(0, None), (1, None), (2, Some([0, 6])), (3, None)] {
        let presentation = Presentation::read(&header, index0, &LongValues::new());
        let mut expected: Vec<u8> = (0..12).collect();
        for at in white.into_iter().flatten() {
            expected[at] = 255;
        }
        let bytes = as_is(twelve(), &presentation);
        assert_eq!(bytes, expected, "{index0}");
    }
}

#[test]
fn an_overlay_in_a_bit_of_the_pixels_is_lifted_out() {
    let mut elements = overlay(0x6000, &[1, 1], None);
    elements.push(shorts(0x6000, 0x0100, &[16]));
    elements.push(shorts(0x6000, 0x0102, &[15]));
    let words = vec![0x8001, 0x0002, 0x8003, 0x7004, 0x0005, 0x8006];
    let frame = Frame {
        rows: 2,
        columns: 3,
        ..row(Samples::U16(words), 12, Photometric::Monochrome2)
    };
    let bytes = as_is(frame, &plainly(elements));
    assert_eq!(bytes, [255, 2, 255, 4, 5, 255]);
}

fn shutter(shape: &str, mut elements: Vec<Element>) -> Presentation {
    elements.push(text(0x0018, 0x1600, VR::CS, shape));
    elements.push(shorts(0x0018, 0x1622, &[0x6400]));
    plainly(elements)
}

/// 7 × 7 pixels of 9; those shown, as a picture.
fn through(presentation: &Presentation) -> Vec<String> {
    let frame = Frame {
        rows: 7,
        columns: 7,
        ..row(Samples::U8(vec![9; 49]), 8, Photometric::Monochrome2)
    };
    let bytes = as_is(frame, presentation);
    assert!(bytes.iter().all(|&gray| gray == 9 || gray == 100));
    let show = |row: &[u8]| {
        let shown = row.iter().map(|&gray| if gray == 9 { '#' } else { '.' });
        shown.collect()
    };
    bytes.chunks(7).map(show).collect()
}

#[test]
fn a_shutter_covers_what_is_outside_of_it() {
    let edge = |element, at: &str| text(0x0018, element, VR::IS, at);
    let rectangle = vec![
        edge(0x1602, "2"),
        edge(0x1604, "4"),
        edge(0x1606, "3"),
        edge(0x1608, "99"),
    ];
    let shown = through(&shutter("RECTANGULAR", rectangle.clone()));
    assert_eq!(shown[..3], [".......", ".......", ".###..."]);
    assert_eq!(shown[6], ".###...");

    let circle = vec![edge(0x1610, "4\\4"), edge(0x1612, "2")];
    let expected = [
        ".......", "...#...", "..###..", ".#####.", "..###..", "...#...", ".......",
    ];
    assert_eq!(through(&shutter("CIRCULAR", circle.clone())), expected);

    let corners = vec![edge(0x1620, "2\\4\\6\\2\\6\\6")];
    let shown = through(&shutter("POLYGONAL", corners));
    assert_eq!(
        shown,
        [
            ".......", "...#...", "...#...", "..###..", "..###..", ".......", "......."
        ]
    );

    let both = [rectangle, circle].concat();
    let shown = through(&shutter("RECTANGULAR\\CIRCULAR", both));
    assert_eq!(shown[3], ".###...");
}

#[test]
fn a_part_is_cut_out_turned_and_mirrored() {
    let shown = |region, turn| {
        let rendering = Rendering {
            region,
            turn,
            ..Rendering::default()
        };
        let picture = shown(twelve(), &plainly(vec![]), &rendering);
        (picture.columns, picture.rows, picture.bytes)
    };
    let region = |left, top, width, height| {
        Some(Region {
            left,
            top,
            width,
            height,
        })
    };
    let turn = |quarters, flip_horizontal, flip_vertical| Turn {
        quarters,
        flip_horizontal,
        flip_vertical,
    };
    let none = Turn::default();
    assert_eq!(shown(region(1, 1, 2, 2), none), (2, 2, vec![5, 6, 9, 10]));
    // What is outside of the image is left out.
    assert_eq!(
        shown(region(3, 1, 100, u32::MAX), none),
        (1, 2, vec![7, 11])
    );
    let two = || region(0, 0, 2, 3);
    for (turn, expected) in [
        (turn(1, false, false), (3, 2, vec![8, 4, 0, 9, 5, 1])),
        (turn(2, false, false), (2, 3, vec![9, 8, 5, 4, 1, 0])),
        (turn(3, false, false), (3, 2, vec![1, 5, 9, 0, 4, 8])),
        (turn(0, true, false), (2, 3, vec![1, 0, 5, 4, 9, 8])),
        (turn(0, false, true), (2, 3, vec![8, 9, 4, 5, 0, 1])),
        (turn(1, true, false), (3, 2, vec![0, 4, 8, 1, 5, 9])),
    ] {
        assert_eq!(shown(two(), turn), expected, "{turn:?}");
    }
    let outside = Rendering {
        region: region(4, 0, 1, 1),
        ..Rendering::default()
    };
    let error = crate::render::picture(twelve(), &plainly(vec![]), &outside, 100);
    assert!(error.unwrap_err().to_string().contains("outside"));
}

#[test]
fn a_size_keeps_the_aspect_ratio_and_the_limit() {
    let sized = |size, limit| {
        let rendering = Rendering {
            size: Some(size),
            ..Rendering::default()
        };
        crate::render::picture(twelve(), &plainly(vec![]), &rendering, limit)
            .map(|picture| (picture.columns, picture.rows))
    };
    assert_eq!(sized((8, 100), 1000), Ok((8, 6)));
    assert_eq!(sized((100, 1), 1000), Ok((1, 1)));
    assert!(sized((100, 100), 1000).is_err());
    assert!(sized((0, 100), 1000).is_err());
}

#[test]
fn halving_is_by_a_hamming_window() {
    // The kernel: sinc(x) · (0.54 + 0.46 cos πx) for |x| < 1, here of a support of two pixels.
    let kernel = |x: f64| {
        if x == 0.0 {
            1.0
        } else if x.abs() >= 1.0 {
            0.0
        } else {
            let pi = std::f64::consts::PI;
            (pi * x).sin() / (pi * x) * (0.54 + 0.46 * (pi * x).cos())
        }
    };
    let values: Vec<u8> = vec![0, 200, 40, 90, 250, 10, 60, 60];
    let frame = row(Samples::U8(values.clone()), 8, Photometric::Monochrome2);
    let rendering = Rendering {
        size: Some((4, 1)),
        ..Rendering::default()
    };
    let picture = shown(frame, &plainly(vec![]), &rendering);
    for (index, gray) in picture.bytes.into_iter().enumerate() {
        let center = (index as f64 + 0.5) * 2.0;
        let weighted = values.iter().enumerate().map(|(at, &value)| {
            let weight = kernel((at as f64 + 0.5 - center) / 2.0);
            (weight, weight * f64::from(value))
        });
        let (weights, sum) = weighted.fold((0.0, 0.0), |(a, b), (c, d)| (a + c, b + d));
        let expected = sum / weights;
        assert!(
            (f64::from(gray) - expected).abs() <= 1.0,
            "{index}: {gray}, not {expected}"
        );
    }
}

#[test]
fn a_frame_of_bits_that_are_all_set_is_white() {
    for (bits, shade) in [(vec![1, 1, 1], 255), (vec![0, 0, 0], 0)] {
        let frame = row(Samples::U8(bits), 1, Photometric::Monochrome2);
        let shown = as_is(frame, &presentation(vec![shorts(0x0028, 0x0101, &[1])]));
        assert_eq!(shown, [shade; 3]);
    }
}
