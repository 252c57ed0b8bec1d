//! Grayscale softcopy presentation states (PS3.3 §A.33.1).

use model::Uid;

use super::*;

const SOP: &str = "1.2.3.4";

fn references(sop: &str, frame: Option<&str>) -> Element {
    let mut image = vec![text(0x0008, 0x1155, VR::UI, sop)];
    image.extend(frame.map(|frame| text(0x0008, 0x1160, VR::IS, frame)));
    sequence(0x0008, 0x1140, vec![image])
}

fn window(center: &str, width: &str, references: Option<Element>) -> Vec<Element> {
    let mut item = vec![
        text(0x0028, 0x1050, VR::DS, center),
        text(0x0028, 0x1051, VR::DS, width),
    ];
    item.extend(references);
    item
}

/// 0, 10 … 110 in four columns.
fn frame() -> Frame {
    let samples = Samples::U16((0..12).map(|value| value * 10).collect());
    Frame {
        rows: 3,
        columns: 4,
        ..row(samples, 16, Photometric::Monochrome1)
    }
}

fn under(state: Vec<Element>, index0: u32) -> Picture {
    let image = presentation(vec![
        text(0x0028, 0x0004, VR::CS, "MONOCHROME1"),
        text(0x0028, 0x1050, VR::DS, "1000"),
        text(0x0028, 0x1051, VR::DS, "2000"),
    ]);
    let sop = Uid::new(SOP).unwrap();
    let state = header(state);
    let presentation = image.under(&state, &LongValues::new(), &sop, index0);
    shown(frame(), &presentation, &Rendering::default())
}

#[test]
fn a_state_speaks_of_the_frames_it_names() {
    let voi = |references| sequence(0x0028, 0x3110, vec![window("55.5", "111", references)]);
    let shape = || text(0x2050, 0x0020, VR::CS, "IDENTITY");
    // From 0 to 110; the polarity of the image does not count.
    let named = |references| under(vec![voi(references), shape()], 1).bytes[11];
    assert_eq!(named(None), 255);
    assert_eq!(named(Some(references(SOP, None))), 255);
    assert_eq!(named(Some(references(SOP, Some("2")))), 255);
    // Of another: the image's own window stays.
    let own = ((110.0 - 999.5_f64) / 1999.0 + 0.5) * 255.0;
    for other in [references("1.2.3.5", None), references(SOP, Some("1"))] {
        assert_eq!(named(Some(other)), own.round() as u8);
    }
    let inverse = text(0x2050, 0x0020, VR::CS, "INVERSE");
    assert_eq!(under(vec![voi(None), inverse], 1).bytes[11], 0);
}

#[test]
fn a_state_rescales_before_its_window() {
    let state = vec![
        text(0x0028, 0x1052, VR::DS, "-100"),
        text(0x0028, 0x1053, VR::DS, "10"),
        sequence(0x0028, 0x3110, vec![window("0.5", "201", None)]),
    ];
    // 10 · 10 − 100 = 0 is the middle of −100 to 100.
    assert_eq!(under(state, 0).bytes[..3], [0, 128, 255]);
}

#[test]
fn a_state_has_an_area_a_turn_and_a_shutter() {
    let corner = |element, column: i32, row: i32| {
        let bytes = [column, row]
            .iter()
            .flat_map(|at| at.to_le_bytes())
            .collect();
        super::element(Tag(0x0070, element), VR::SL, bytes)
    };
    // Columns 2 to 4 and rows 1 to 2, named by the corners that are upper left and lower right
    // after a quarter turn.
    let area = vec![corner(0x0052, 2, 2), corner(0x0053, 4, 1)];
    let state = vec![
        sequence(0x0028, 0x3110, vec![window("128", "256", None)]),
        sequence(0x0070, 0x005A, vec![area]),
        shorts(0x0070, 0x0042, &[90]),
        text(0x0070, 0x0041, VR::CS, "N"),
        text(0x0018, 0x1600, VR::CS, "RECTANGULAR"),
        text(0x0018, 0x1602, VR::IS, "1"),
        text(0x0018, 0x1604, VR::IS, "3"),
        text(0x0018, 0x1606, VR::IS, "1"),
        text(0x0018, 0x1608, VR::IS, "3"),
        shorts(0x0018, 0x1622, &[0xFFFF]),
    ];
    let picture = under(state, 0);
    assert_eq!((picture.columns, picture.rows), (2, 3));
    assert_eq!(picture.bytes, [50, 10, 60, 20, 255, 255]);
}
