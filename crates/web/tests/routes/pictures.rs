//! Parameters of rendered pictures, by every route that takes them (PS3.18 §8.3.5.1).

use testkit::fixture::Object;

use crate::{
    house::{Answer, House},
    objects::{beside, ct, path, shape},
};

/// An ICC profile (ICC.1:2010) of three primaries that are sRGB's, adapted to D50, but for red and green,
/// which have changed places.
fn swapped() -> Vec<u8> {
    let number = |value: f64| ((value * 65_536.0).round() as i32).to_be_bytes();
    let colour = |xyz: [f64; 3]| [b"XYZ \0\0\0\0".to_vec(), xyz.map(number).concat()].concat();
    // Gamma 2.2: u8Fixed8Number.
    let curve = b"curv\0\0\0\0\0\0\0\x01\x02\x33\0\0".to_vec();
    let red = colour([0.436_07, 0.222_49, 0.013_92]);
    let green = colour([0.385_15, 0.716_87, 0.097_08]);
    let blue = colour([0.143_07, 0.060_61, 0.714_1]);
    let white = colour([0.964_2, 1.0, 0.824_9]);
    let tags = [
        (b"rXYZ", green),
        (b"gXYZ", red),
        (b"bXYZ", blue),
        (b"wtpt", white),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];
    let mut table = (tags.len() as u32).to_be_bytes().to_vec();
    let mut values = Vec::new();
    let begin = 128 + 4 + 12 * tags.len();
    for (name, value) in tags {
        table.extend(name);
        table.extend(((begin + values.len()) as u32).to_be_bytes());
        table.extend((value.len() as u32).to_be_bytes());
        values.extend(value);
    }
    let mut profile = vec![0; 128];
    let length = (begin + values.len()) as u32;
    for (at, field) in [
        (0, &length.to_be_bytes()[..]),
        (8, &[2, 0x40, 0, 0]),
        (12, b"mntrRGB XYZ "),
        (24, &[7, 0xEA, 0, 1, 0, 1]),
        (36, b"acsp"),
        (68, &[0, 0, 0xF6, 0xD6, 0, 1, 0, 0, 0, 0, 0xD3, 0x2D]),
    ] {
        profile[at..at + field.len()].copy_from_slice(field);
    }
    [profile, table, values].concat()
}

/// A picture of one colour, red, in the colours of [`swapped`].
fn red() -> Object {
    let rest = shape("RGB", 3, 4, 4)
        .us(0x0028_0006, &[0])
        .bytes(0x0028_2000, "OB", swapped())
        .bytes(0x7FE0_0010, "OB", [255, 0, 0].repeat(16));
    let first = ct("P1").object();
    let class = "1.2.840.10008.5.1.4.1.1.7";
    beside(&first, class, &format!("{}.2", first.sop), rest)
}

/// The addresses under which the one frame of an object is rendered.
fn routes(object: &Object) -> [String; 4] {
    let study = format!("/dicom-web/studies/{}", object.study);
    [
        format!("{}/rendered", path(object)),
        format!("{}/frames/1/rendered", path(object)),
        format!("{study}/series/{}/rendered", object.series),
        format!("{study}/rendered"),
    ]
}

fn picture(answer: Answer, path: &str) -> Vec<u8> {
    assert_eq!(answer.status, 200, "{path}");
    match answer.header("content-type").starts_with("multipart/") {
        true => answer.parts().remove(0).body,
        false => answer.body,
    }
}

/// PS3.18 §8.3.5.1.5.
#[tokio::test]
async fn a_profile_is_applied_left_alone_or_given_along_by_every_route() {
    let house = House::dev().await;
    let object = red();
    house.stored(std::slice::from_ref(&object)).await;
    for route in routes(&object) {
        for (query, colour, embedded) in [
            ("", [0, 255, 0], false),
            ("?iccprofile=srgb", [0, 255, 0], false),
            ("?iccprofile=no", [255, 0, 0], false),
            ("?iccprofile=yes", [255, 0, 0], true),
        ] {
            let path = format!("{route}{query}");
            let png = picture(house.get(&path, "image/png").await, &path);
            let has = png.windows(4).any(|chunk| chunk == b"iCCP");
            assert_eq!(has, embedded, "{path}");
            let shown = image::load_from_memory(&png).unwrap().to_rgb8();
            for (found, expected) in shown.get_pixel(1, 1).0.iter().zip(colour) {
                assert!(
                    found.abs_diff(expected) < 8,
                    "{path}: {:?}",
                    shown.get_pixel(1, 1)
                );
            }
        }
        let path = format!("{route}?iccprofile=bright");
        assert_eq!(house.get(&path, "image/png").await.status, 400, "{path}");
    }
}

/// PS3.18 §8.3.5.1.1; the conformance statement: nothing is burnt in, and that is said.
#[tokio::test]
async fn annotation_is_answered_with_a_warning_and_the_same_picture() {
    let house = House::dev().await;
    let object = red();
    house.stored(std::slice::from_ref(&object)).await;
    for route in routes(&object) {
        let plain = house.get(&route, "image/png").await;
        assert_eq!(plain.header("warning"), "", "{route}");
        let path = format!("{route}?annotation=patient,technique");
        let asked = house.get(&path, "image/png").await;
        let warning = "299 http://localhost:8080/dicom-web \"";
        assert!(asked.header("warning").starts_with(warning), "{path}");
        assert!(asked.header("warning").contains("annotation"), "{path}");
        let shown = picture(asked, &path);
        assert!(shown == picture(plain, &path), "{path}");
    }
    let uri = format!(
        "/wado?requestType=WADO&studyUID={}&seriesUID={}&objectUID={}&contentType=image/png&annotation=patient",
        object.study, object.series, object.sop
    );
    let asked = house.get(&uri, "*/*").await;
    assert_eq!(asked.status, 200);
    assert!(asked.header("warning").starts_with("299 "), "{uri}");
}
