//! What a frame that was decoded smaller may be shown as.

use super::*;
use crate::render::{Region, Turn, Window, WindowFunction};

fn sized() -> Rendering {
    Rendering {
        size: Some((100, 70)),
        ..Rendering::default()
    }
}

fn windowed() -> Vec<Element> {
    vec![
        text(0x0028, 0x0004, VR::CS, "MONOCHROME2 "),
        text(0x0028, 0x1050, VR::DS, "50"),
        text(0x0028, 0x1051, VR::DS, "100"),
    ]
}

fn with(mut elements: Vec<Element>, more: Vec<Element>) -> Presentation {
    elements.extend(more);
    presentation(elements)
}

#[test]
fn grays_under_a_window_and_colours_may_be_smaller() {
    let gray = presentation(windowed());
    assert_eq!(gray.least_side(&sized()), 200);
    assert_eq!(gray.least_side(&Rendering::default()), u32::MAX);
    let colours = with(
        vec![text(0x0028, 0x0004, VR::CS, "YBR_FULL_422")],
        vec![shorts(0x0028, 0x0002, &[3])],
    );
    assert_eq!(colours.least_side(&sized()), 200);
    // The window that is asked for does as well as the image's own.
    let bare = presentation(vec![text(0x0028, 0x0004, VR::CS, "MONOCHROME1 ")]);
    assert_eq!(bare.least_side(&sized()), u32::MAX);
    let window = Window {
        center: 1.0,
        width: 2.0,
        function: WindowFunction::Linear,
    };
    let asked = Rendering {
        window: Some(window),
        ..sized()
    };
    assert_eq!(bare.least_side(&asked), 200);
}

#[test]
fn what_a_mean_must_not_go_through_needs_the_whole() {
    let table = vec![
        shorts(0x0028, 0x3002, &[2, 0, 16]),
        shorts(0x0028, 0x3006, &[0, 9]),
    ];
    for (why, more) in [
        ("padding", vec![shorts(0x0028, 0x0120, &[0])]),
        (
            "a modality LUT",
            vec![sequence(0x0028, 0x3000, vec![table])],
        ),
        ("bits", vec![shorts(0x0028, 0x0101, &[1])]),
        (
            "labels",
            vec![text(
                0x0008,
                0x0016,
                VR::UI,
                "1.2.840.10008.5.1.4.1.1.66.7\0",
            )],
        ),
    ] {
        let presentation = with(windowed(), more);
        assert_eq!(presentation.least_side(&sized()), u32::MAX, "{why}");
    }
    let palette = presentation(vec![text(0x0028, 0x0004, VR::CS, "PALETTE COLOR ")]);
    assert_eq!(palette.least_side(&sized()), u32::MAX);
}

#[test]
fn what_is_in_pixels_of_the_whole_image_needs_it() {
    let shutter = vec![
        text(0x0018, 0x1600, VR::CS, "CIRCULAR"),
        text(0x0018, 0x1610, VR::IS, "8\\8 "),
        text(0x0018, 0x1612, VR::IS, "4 "),
    ];
    let overlay = vec![
        shorts(0x6000, 0x0010, &[2]),
        shorts(0x6000, 0x0011, &[8]),
        text(0x6000, 0x0040, VR::CS, "G "),
        shorts(0x6000, 0x3000, &[0xFF]),
    ];
    let without_graphics = Rendering {
        graphics: false,
        ..sized()
    };
    let without_shutters = Rendering {
        shutters: false,
        ..sized()
    };
    for (more, without, with_it) in [
        (shutter, without_shutters, without_graphics),
        (overlay, without_graphics, without_shutters),
    ] {
        let presentation = with(windowed(), more);
        assert_eq!(presentation.least_side(&sized()), u32::MAX);
        assert_eq!(presentation.least_side(&with_it), u32::MAX);
        assert_eq!(presentation.least_side(&without), 200);
    }
    let part = Rendering {
        region: Some(Region {
            left: 0,
            top: 0,
            width: 9,
            height: 9,
        }),
        ..sized()
    };
    assert_eq!(presentation(windowed()).least_side(&part), u32::MAX);
}

/// A frame of 5 × 9 pixels of one gray, made from one of 10 × 17.
fn less() -> Frame {
    Frame {
        rows: 5,
        columns: 9,
        whole: Some((17, 10)),
        ..row(Samples::U8(vec![50; 45]), 8, Photometric::Monochrome2)
    }
}

#[test]
fn a_smaller_frame_comes_out_as_large_as_the_whole_would() {
    let presentation = presentation(windowed());
    for (quarters, size, expected) in [
        // 10 / 17 of 8 is 4.7; 5 / 9 of it would be 4.4.
        (0, (8, 8), (8, 5)),
        (1, (8, 8), (5, 8)),
        (0, (20, 100), (20, 12)),
    ] {
        let rendering = Rendering {
            size: Some(size),
            turn: Turn {
                quarters,
                ..Turn::default()
            },
            ..Rendering::default()
        };
        let picture = shown(less(), &presentation, &rendering);
        assert_eq!((picture.columns, picture.rows), expected);
        assert!(picture.bytes.iter().all(|gray| gray.abs_diff(128) <= 2));
    }
}

#[test]
fn a_smaller_frame_is_refused_where_the_whole_is_needed() {
    let presentation = presentation(windowed());
    let error = crate::render::picture(less(), &presentation, &Rendering::default(), 1000);
    assert!(error.unwrap_err().to_string().contains("smaller"));
}
