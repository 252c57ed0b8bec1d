//! Modality, VOI and presentation LUT, padding (PS3.3 §C.11, §C.7.5.1.1.2).

use super::*;
use crate::render::{Window, WindowFunction};

const MONOCHROME2: Photometric = Photometric::Monochrome2;

/// Every value of 16 bits, of both signs and of 12 bits: grays by the ramp, by a table, one by one.
#[expect(
    clippy::unnecessary_cast,
    reason = "one of the sample types is f64 itself"
)]
fn frames() -> Vec<(Frame, Vec<f64>)> {
    let signed: Vec<i16> = (i16::MIN..=i16::MAX).collect();
    let unsigned: Vec<u16> = (0..=u16::MAX).collect();
    let few: Vec<u16> = (0..4096).step_by(7).collect();
    let bytes: Vec<u8> = (0..=255).chain(0..=255).collect();
    let wide: Vec<i32> = (-3000..3000).collect();
    let float: Vec<f32> = (-3000..3000).map(|v| v as f32 / 3.0).collect();
    let numbers = |samples: &Samples| -> Vec<f64> {
        crate::render::sample::each!(samples, s => s.iter().map(|&v| v as f64).collect())
    };
    [
        (Samples::I16(signed), 16),
        (Samples::U16(unsigned), 16),
        (Samples::U16(few), 12),
        (Samples::U8(bytes), 8),
        (Samples::I32(wide), 32),
        (Samples::F32(float), 32),
    ]
    .into_iter()
    .map(|(samples, bits)| {
        let values = numbers(&samples);
        (row(samples, bits, MONOCHROME2), values)
    })
    .collect()
}

/// Each gray is the exact share of 255, rounded; a thousandth of a gray beside a half may go either
/// way, since the fast way computes in 32 bits.
fn check(grays: &[u8], values: &[f64], share: impl Fn(f64) -> f64) {
    assert_eq!(grays.len(), values.len());
    for (&gray, &value) in grays.iter().zip(values) {
        let exact = share(value).clamp(0.0, 1.0) * 255.0;
        assert!(
            (f64::from(gray) - exact).abs() <= 0.501,
            "{value}: {gray}, not {exact}"
        );
    }
}

fn rescaled(slope: &str, intercept: &str) -> Vec<Element> {
    vec![
        text(0x0028, 0x1052, VR::DS, intercept),
        text(0x0028, 0x1053, VR::DS, slope),
    ]
}

#[test]
fn linear_windows_follow_c_11_2_1_2_1() {
    for (slope, intercept) in [(1.0, -1024.0), (0.25, 10.0), (-2.0, 300.0)] {
        let mut elements = rescaled(&slope.to_string(), &intercept.to_string());
        elements.push(text(0x0028, 0x1050, VR::DS, "40\\-600"));
        elements.push(text(0x0028, 0x1051, VR::DS, "400\\1500"));
        let presentation = presentation(elements);
        for (view, (c, w)) in [(40.0, 400.0), (-600.0, 1500.0)].into_iter().enumerate() {
            let rendering = Rendering {
                view,
                ..Rendering::default()
            };
            for (frame, values) in frames() {
                let grays = shown(frame, &presentation, &rendering).bytes;
                check(&grays, &values, |stored| {
                    let x = stored * slope + intercept;
                    if x <= c - 0.5 - (w - 1.0) / 2.0 {
                        0.0
                    } else if x > c - 0.5 + (w - 1.0) / 2.0 {
                        1.0
                    } else {
                        (x - (c - 0.5)) / (w - 1.0) + 0.5
                    }
                });
            }
        }
    }
}

#[test]
fn the_narrowest_window_is_a_threshold() {
    let rendering = Rendering {
        window: Some(Window {
            center: 100.5,
            width: 1.0,
            function: WindowFunction::Linear,
        }),
        ..Rendering::default()
    };
    for (frame, values) in frames() {
        let grays = shown(frame, &presentation(vec![]), &rendering).bytes;
        check(&grays, &values, |x| if x <= 100.0 { 0.0 } else { 1.0 });
    }
}

#[test]
fn exact_windows_and_sigmoids_follow_c_11_2_1_3() {
    let (c, w) = (64.0, 100.0);
    let windowed = |function: &str| {
        presentation(vec![
            text(0x0028, 0x1050, VR::DS, "64"),
            text(0x0028, 0x1051, VR::DS, "100"),
            text(0x0028, 0x1056, VR::CS, function),
        ])
    };
    for (frame, values) in frames() {
        let grays = as_is(frame.clone(), &windowed("LINEAR_EXACT"));
        check(&grays, &values, |x| {
            if x <= c - w / 2.0 {
                0.0
            } else if x > c + w / 2.0 {
                1.0
            } else {
                (x - c) / w + 0.5
            }
        });
        let grays = as_is(frame, &windowed("SIGMOID"));
        check(&grays, &values, |x| {
            1.0 / (1.0 + f64::exp(-4.0 * (x - c) / w))
        });
    }
}

#[test]
fn look_up_tables_come_before_and_after() {
    let squares: Vec<i32> = (0..256).map(|x| x * x).collect();
    let modality = sequence(
        0x0028,
        0x3000,
        vec![vec![
            shorts(0x0028, 0x3002, &[256, 10, 16]),
            shorts(0x0028, 0x3006, &squares),
        ]],
    );
    // Ten bits of entries, from 1000 on.
    let roots: Vec<i32> = (0..1024_i32).map(|x| (x * 1023).isqrt()).collect();
    let voi = sequence(
        0x0028,
        0x3010,
        vec![vec![
            shorts(0x0028, 0x3002, &[1024, 1000, 10]),
            shorts(0x0028, 0x3006, &roots),
        ]],
    );
    let presentation = presentation(vec![modality, voi]);
    for (frame, values) in frames() {
        check(&as_is(frame, &presentation), &values, |stored| {
            let x = squares[(stored as i64 - 10).clamp(0, 255) as usize];
            f64::from(roots[(x - 1000).clamp(0, 1023) as usize]) / 1023.0
        });
    }
}

#[test]
fn a_voi_lut_of_hounsfield_units_begins_below_zero() {
    let mut elements = rescaled("1", "-1024");
    elements.push(sequence(
        0x0028,
        0x3010,
        vec![vec![
            shorts(0x0028, 0x3002, &[3, -1, 8]),
            shorts(0x0028, 0x3006, &[10, 20, 30]),
        ]],
    ));
    let samples = Samples::U16(vec![0, 1023, 1024, 1025, 9999]);
    let grays = as_is(row(samples, 16, MONOCHROME2), &presentation(elements));
    assert_eq!(grays, [10, 10, 20, 30, 30]);
}

#[test]
fn eight_bit_entries_may_be_two_in_a_word() {
    let table = |data| {
        presentation(vec![sequence(
            0x0028,
            0x3010,
            vec![vec![shorts(0x0028, 0x3002, &[3, 0, 8]), data]],
        )])
    };
    let packed = element(Tag(0x0028, 0x3006), VR::OW, vec![5, 6, 7, 0]);
    let words = shorts(0x0028, 0x3006, &[5, 6, 7]);
    for presentation in [table(packed), table(words)] {
        let frame = row(Samples::U8(vec![0, 1, 2, 3]), 8, MONOCHROME2);
        assert_eq!(as_is(frame, &presentation), [5, 6, 7, 7]);
    }
}

#[test]
fn monochrome_1_and_an_inverse_shape_turn_black_and_white_round_once() {
    let values = || row(Samples::I16(vec![-100, 100, 0, 50]), 16, MONOCHROME2);
    let shape = |shape| text(0x2050, 0x0020, VR::CS, shape);
    let photometric = |term| text(0x0028, 0x0004, VR::CS, term);
    let inverted = [255, 0, 127, 64];
    let plain = [0, 255, 128, 191];
    for (elements, expected) in [
        (vec![photometric("MONOCHROME1")], inverted),
        // As DX and mammography say it (PS3.3 §C.8.11.1): twice, meant once.
        (vec![photometric("MONOCHROME1"), shape("INVERSE")], inverted),
        (vec![photometric("MONOCHROME2"), shape("INVERSE")], inverted),
        (vec![photometric("MONOCHROME2"), shape("IDENTITY")], plain),
        (vec![photometric("MONOCHROME2")], plain),
    ] {
        assert_eq!(as_is(values(), &presentation(elements)), expected);
    }
}

#[test]
fn a_presentation_lut_comes_last() {
    let lut = sequence(
        0x2050,
        0x0010,
        vec![vec![
            shorts(0x0028, 0x3002, &[3, 0, 12]),
            shorts(0x0028, 0x3006, &[4095, 0, 2048]),
        ]],
    );
    let frame = row(Samples::U8(vec![0, 100, 200]), 8, MONOCHROME2);
    // The shares 0, 0.5 and 1 are its three entries.
    assert_eq!(as_is(frame, &presentation(vec![lut])), [255, 0, 128]);
}

#[test]
fn without_a_window_the_range_is_that_of_the_values_without_padding() {
    let padding = |elements| presentation(elements);
    let signed = shorts(0x0028, 0x0103, &[1]);
    let one = padding(vec![signed.clone(), shorts(0x0028, 0x0120, &[-2000])]);
    let samples = || Samples::I16(vec![-2000, 0, 100, 50]);
    assert_eq!(
        as_is(row(samples(), 16, MONOCHROME2), &one),
        [0, 0, 255, 128]
    );
    let range = padding(vec![
        signed,
        shorts(0x0028, 0x0120, &[-2000]),
        shorts(0x0028, 0x0121, &[-1000]),
    ]);
    let samples = Samples::I16(vec![-1500, -1000, 0, 100]);
    assert_eq!(as_is(row(samples, 16, MONOCHROME2), &range), [0, 0, 0, 255]);
    // All the same, and nothing but padding.
    let flat = row(Samples::U8(vec![7, 7]), 8, MONOCHROME2);
    assert_eq!(as_is(flat, &presentation(vec![])), [128, 128]);
    let frame = row(Samples::I16(vec![-2000]), 16, MONOCHROME2);
    assert_eq!(as_is(frame, &one), [0]);
}

#[test]
fn bits_beside_the_value_are_no_part_of_it() {
    // Twelve bits, four of something else above or below them.
    let window = text(0x0028, 0x1050, VR::DS, "2048");
    let width = text(0x0028, 0x1051, VR::DS, "4096");
    let windowed = presentation(vec![window, width]);
    let mut above = row(Samples::U16(vec![0x7000, 0xFFFF, 0x1800]), 12, MONOCHROME2);
    let mut below = row(Samples::U16(vec![0x0007, 0xFFFF, 0x8001]), 12, MONOCHROME2);
    below.high_bit = 15;
    for presentation in [&windowed, &presentation(vec![])] {
        assert_eq!(as_is(above.clone(), presentation), [0, 255, 128]);
        assert_eq!(as_is(below.clone(), presentation), [0, 255, 128]);
    }
    let signed = presentation(vec![]);
    above.samples = Samples::I16(vec![0x0800, 0x07FF, 0x7000]);
    assert_eq!(as_is(above, &signed), [0, 255, 128]);
}

#[test]
fn the_frames_own_functional_group_comes_first() {
    let group = |center: &str| {
        let macros = vec![
            text(0x0028, 0x1050, VR::DS, center),
            text(0x0028, 0x1051, VR::DS, "101"),
        ];
        vec![sequence(0x0028, 0x9132, vec![macros])]
    };
    let transformation = sequence(0x0028, 0x9145, vec![rescaled("2", "1")]);
    let mut shared = group("0");
    shared.push(transformation);
    let header = header(vec![
        sequence(0x5200, 0x9229, vec![shared]),
        sequence(0x5200, 0x9230, vec![group("50.5"), vec![]]),
    ]);
    // 2 · 25 + 1 = 51 in a window from 0 to 100, and from −50.5 to 49.5.
    for (index0, expected) in [(0, 130), (1, 255)] {
        let presentation = Presentation::read(&header, index0, &LongValues::new());
        let frame = row(Samples::U16(vec![25]), 16, MONOCHROME2);
        assert_eq!(as_is(frame, &presentation), [expected]);
    }
}

#[test]
fn samples_that_are_no_numbers_are_black() {
    let samples = Samples::F32(vec![f32::NAN, 0.0, 1.0, f32::INFINITY]);
    let frame = row(samples, 32, MONOCHROME2);
    assert_eq!(as_is(frame, &presentation(vec![])), [0, 0, 255, 255]);
}
