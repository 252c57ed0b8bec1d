//! What a converted data set says of its colours (PS3.3 §C.7.6.3.1.2, §C.7.6.3.1.3).

use dataset::{Tag, Value};
use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};
use model::{TransferSyntax, Uid};

use super::{World, bytes, permit, scan};

pub(super) const SIDE: usize = 16;

/// Four fields of red, green, blue and gray.
pub(super) fn fields() -> Vec<u8> {
    let colours = [[200, 30, 30], [20, 180, 40], [30, 40, 190], [128, 128, 128]];
    let field = |index: usize| colours[index / SIDE / 8 * 2 + index % SIDE / 8];
    (0..SIDE * SIDE).flat_map(field).collect()
}

/// The fields as a JPEG, nearly without loss.
pub(super) fn picture() -> Vec<u8> {
    let (mut jpeg, side) = (Vec::new(), SIDE as u32);
    JpegEncoder::new_with_quality(&mut jpeg, 100)
        .encode(&fields(), side, side, ExtendedColorType::Rgb8)
        .unwrap();
    jpeg
}

/// Insists that samples of YBR_FULL, side by side, are those of the fields.
pub(super) fn assert_fields(samples: &[u8], what: &str) {
    let fields = fields();
    assert_eq!(samples.len(), fields.len(), "{what}");
    for (ybr, expected) in samples.chunks_exact(3).zip(fields.chunks_exact(3)) {
        let rgb = rgb(ybr);
        let near = |index: usize| (rgb[index] - f64::from(expected[index])).abs() < 6.0;
        assert!((0..3).all(near), "{what}: {rgb:?}, not {expected:?}");
    }
}

fn element(dataset: &mut Vec<u8>, tag: (u16, u16), vr: &[u8; 2], value: &[u8]) {
    dataset.extend_from_slice(&tag.0.to_le_bytes());
    dataset.extend_from_slice(&tag.1.to_le_bytes());
    dataset.extend_from_slice(vr);
    dataset.extend_from_slice(&(value.len() as u16).to_le_bytes());
    dataset.extend_from_slice(value);
}

/// What a data set begins with.
pub(super) fn identity() -> Vec<u8> {
    let mut dataset = Vec::new();
    element(&mut dataset, (0x0008, 0x0016), b"UI", b"1.2.3\0");
    element(&mut dataset, (0x0008, 0x0018), b"UI", b"1.4\0");
    element(&mut dataset, (0x0020, 0x000D), b"UI", b"1.2\0");
    element(&mut dataset, (0x0020, 0x000E), b"UI", b"1.3\0");
    dataset
}

/// A data set in JPEG Baseline that says `photometric` and `planar` of `jpeg`.
fn compressed(photometric: &str, planar: u8, jpeg: &[u8]) -> Vec<u8> {
    [identity(), image(photometric, planar, jpeg)].concat()
}

/// The elements of an image in JPEG Baseline.
pub(super) fn image(photometric: &str, planar: u8, jpeg: &[u8]) -> Vec<u8> {
    let mut dataset = Vec::new();
    let mut element = |tag, vr, value: &[u8]| element(&mut dataset, tag, vr, value);
    element((0x0028, 0x0002), b"US", &[3, 0]);
    element((0x0028, 0x0004), b"CS", photometric.as_bytes());
    element((0x0028, 0x0006), b"US", &[planar, 0]);
    for (number, value) in [
        (0x10, SIDE as u8),
        (0x11, SIDE as u8),
        (0x100, 8),
        (0x101, 8),
    ] {
        element((0x0028, number), b"US", &[value, 0]);
    }
    element((0x0028, 0x0102), b"US", &[7, 0]);
    element((0x0028, 0x0103), b"US", &[0, 0]);
    dataset.extend_from_slice(b"\xE0\x7F\x10\x00OB\0\0\xFF\xFF\xFF\xFF");
    dataset.extend_from_slice(b"\xFE\xFF\x00\xE0\0\0\0\0\xFE\xFF\x00\xE0");
    let padding = jpeg.len() % 2;
    dataset.extend_from_slice(&((jpeg.len() + padding) as u32).to_le_bytes());
    dataset.extend_from_slice(jpeg);
    dataset.extend_from_slice(&[0][..padding]);
    dataset.extend_from_slice(b"\xFE\xFF\xDD\xE0\0\0\0\0");
    dataset
}

#[tokio::test]
async fn samples_of_a_colour_jpeg_are_what_the_converted_header_says() {
    let jpeg = picture();
    let world = World::new().await;
    let baseline = TransferSyntax::new(Uid::new("1.2.840.10008.1.2.4.50").unwrap());
    let explicit = TransferSyntax::explicit_little();
    for (photometric, planar) in [("YBR_FULL_422", 0), ("YBR_FULL", 1), ("RGB ", 1)] {
        let dataset = compressed(photometric, planar, &jpeg);
        let instance = world.keep(&dataset, &baseline, "1.4").await.unwrap();
        let content = world
            .retrieve
            .dataset(&permit("local"), &instance, &explicit)
            .await
            .unwrap();
        let converted = bytes(content).await;
        let header = scan(&converted, &explicit).unwrap();
        let said = header.text(Tag(0x0028, 0x0004)).unwrap();
        assert_eq!(said.trim_end(), "YBR_FULL", "from {photometric}");
        assert_eq!(header.number(Tag(0x0028, 0x0006)), Some(0));
        assert_eq!(header.number(Tag(0x0028, 0x2110)), None);
        let pixels = header
            .element(Tag(0x7FE0, 0x0010))
            .map(|element| &element.value);
        let Some(&Value::Bulk { offset, length }) = pixels else {
            panic!("{pixels:?}");
        };
        let samples = &converted[offset as usize..][..length as usize];
        assert_fields(samples, photometric);
        world
            .archive
            .delete(&instance.row().object.to_string())
            .await
            .unwrap();
    }
}

/// ISO/IEC 10918-5 §7.
fn rgb(ybr: &[u8]) -> [f64; 3] {
    let [y, blue, red] = [0, 1, 2].map(|index| f64::from(ybr[index]));
    let (blue, red) = (blue - 128.0, red - 128.0);
    [
        y + 1.402 * red,
        y - 0.344_136 * blue - 0.714_136 * red,
        y + 1.772 * blue,
    ]
}

/// PS3.3 §C.7.6.1.1.5: JPEG Baseline loses detail, and what is decoded says so for ever: with the ratio of
/// its own compression, or with what it said before.
#[tokio::test]
async fn what_was_lossy_says_so_when_it_is_decoded() {
    let jpeg = picture();
    let mut told = Vec::new();
    for (number, vr, value) in [
        (0x2110, b"CS", &b"01"[..]),
        (0x2112, b"DS", b"12.5"),
        (0x2114, b"CS", b"ISO_10918_1 "),
    ] {
        element(&mut told, (0x0028, number), vr, value);
    }
    let own = (SIDE * SIDE * 3) as f64 / (jpeg.len() + jpeg.len() % 2) as f64;
    let world = World::new().await;
    let baseline = TransferSyntax::new(Uid::new("1.2.840.10008.1.2.4.50").unwrap());
    let explicit = TransferSyntax::explicit_little();
    for (said, ratio) in [(Vec::new(), own), (told, 12.5)] {
        let mut dataset = compressed("YBR_FULL_422", 0, &jpeg);
        let pixels = place_of_pixels(&dataset);
        dataset.splice(pixels..pixels, said);
        let instance = world.keep(&dataset, &baseline, "1.4").await.unwrap();
        let content = world
            .retrieve
            .dataset(&permit("local"), &instance, &explicit)
            .await
            .unwrap();
        let header = scan(&bytes(content).await, &explicit).unwrap();
        let text = |number| {
            let of = |element: &&dataset::Element| element.tag == Tag(0x0028, number);
            assert_eq!(header.elements.iter().filter(of).count(), 1, "{number:04X}");
            header.text(Tag(0x0028, number)).unwrap().trim().to_owned()
        };
        assert_eq!(text(0x2110), "01");
        assert_eq!(text(0x2114), "ISO_10918_1");
        let found: f64 = text(0x2112).parse().unwrap();
        assert!((found - ratio).abs() < 0.01, "{found}, not {ratio}");
        world
            .archive
            .delete(&instance.row().object.to_string())
            .await
            .unwrap();
    }
}

/// Where Pixel Data begins in a data set or an item.
pub(super) fn place_of_pixels(dataset: &[u8]) -> usize {
    let mut places = dataset.windows(4);
    places.position(|tag| tag == b"\xE0\x7F\x10\x00").unwrap()
}
