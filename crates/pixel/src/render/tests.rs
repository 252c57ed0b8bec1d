//! Grays and colours against the formulas of PS3.3.

use super::{attributes::WindowFunction, *};
use crate::{Limits, PixelDescription, PixelKind, decode};

fn image(
    bits: u16,
    stored: u16,
    signed: bool,
    photometric: Photometric,
    samples: u16,
) -> PixelDescription {
    PixelDescription {
        rows: 1,
        columns: 4,
        samples_per_pixel: samples,
        bits_allocated: bits,
        bits_stored: stored,
        high_bit: stored - 1,
        signed,
        photometric,
        planar: false,
        frames: 1,
        lossy: false,
        kind: PixelKind::Integer,
    }
}

fn plain() -> Presentation {
    Presentation {
        modality_table: None,
        slope: 1.0,
        intercept: 0.0,
        window: None,
        function: WindowFunction::Linear,
        voi_table: None,
        palette: None,
        padding: None,
    }
}

fn shown(
    image: PixelDescription,
    bytes: &[u8],
    presentation: &Presentation,
    window: Option<Window>,
) -> Vec<u8> {
    let native = model::TransferSyntax::explicit_little();
    let frame = decode(bytes, &image, &native, &Limits::default()).unwrap();
    let rendering = Rendering {
        window,
        format: ImageFormat::Png,
        ..Rendering::default()
    };
    let picture = picture(frame, presentation, &rendering);
    picture.expect("a picture").into_bytes()
}

fn words16(values: [i16; 4]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

#[test]
fn a_window_maps_hounsfield_units_linearly() {
    let presentation = Presentation {
        intercept: -1024.0,
        ..plain()
    };
    // C.11.2.1.2.1: centre 40, width 400: -160 is black, 239 is white.
    let window = Window {
        center: 40.0,
        width: 400.0,
    };
    let bytes = words16([1024 - 160, 1024 + 239, 1024 + 40, 0]);
    let image = image(16, 12, false, Photometric::Monochrome2, 1);
    let expected_middle = (((40.0_f64 - 39.5) / 399.0 + 0.5) * 255.0).round() as u8;
    assert_eq!(
        shown(image, &bytes, &presentation, Some(window)),
        [0, 255, expected_middle, 0]
    );
}

#[test]
fn monochrome_1_is_inverted_and_signs_are_kept() {
    let bytes = words16([-100, 100, 0, 50]);
    let image = image(16, 16, true, Photometric::Monochrome1, 1);
    assert_eq!(shown(image, &bytes, &plain(), None), [255, 0, 127, 64]);
}

#[test]
fn bits_above_high_bit_are_no_part_of_the_value() {
    let bytes = words16([0x7000, 0x0FFF, 0x1000, 0x0800]);
    let image = image(16, 12, false, Photometric::Monochrome2, 1);
    assert_eq!(shown(image, &bytes, &plain(), None), [0, 255, 0, 128]);
}

#[test]
fn a_padding_value_does_not_set_the_range() {
    let presentation = Presentation {
        padding: Some(-2000),
        ..plain()
    };
    let bytes = words16([-2000, 0, 100, 50]);
    let image = image(16, 16, true, Photometric::Monochrome2, 1);
    assert_eq!(shown(image, &bytes, &presentation, None), [0, 0, 255, 128]);
}

#[test]
fn a_palette_gives_colours() {
    let table = |values: [u16; 3]| {
        let data: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        table::Table::new(&[3, 0, 0, 0, 16, 0], &data, false).unwrap()
    };
    let presentation = Presentation {
        palette: Some([
            table([0, 0xFF00, 1]),
            table([0, 0, 0x8000]),
            table([0xFFFF, 0, 0]),
        ]),
        ..plain()
    };
    let image = image(8, 8, false, Photometric::Palette, 1);
    let expected = [[0, 0, 255], [255, 0, 0], [0, 128, 0], [0, 128, 0]].concat();
    // Past its end a palette gives its last colour.
    assert_eq!(shown(image, &[0, 1, 2, 9], &presentation, None), expected);
}

#[test]
fn sub_sampled_chrominance_serves_two_pixels() {
    let image = image(8, 8, false, Photometric::YbrFull422, 3);
    let bytes = [10, 20, 128, 128, 30, 40, 128, 128];
    let expected: Vec<u8> = [10, 20, 30, 40]
        .iter()
        .flat_map(|&gray| [gray; 3])
        .collect();
    assert_eq!(shown(image, &bytes, &plain(), None), expected);
}

#[test]
fn one_bit_pixels_are_black_and_white() {
    let image = image(1, 1, false, Photometric::Monochrome2, 1);
    assert_eq!(
        shown(image, &[0b0000_1010], &plain(), None),
        [0, 255, 0, 255]
    );
}
