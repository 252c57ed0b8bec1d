//! Icons of converted data sets (PS3.5 §A.4: one transfer syntax for the data set and its items).

use dataset::{Element, Tag, VR, Value};
use image::{ExtendedColorType, codecs::jpeg::JpegEncoder};
use model::{TransferSyntax, Uid};

use super::{
    World, bytes,
    colours::{SIDE, fields, identity, image},
    permit, scan,
};

const ICON: Tag = Tag(0x0088, 0x0200);

/// An image whose icon is `icon`.
fn with_icon(jpeg: &[u8], icon: &[u8]) -> Vec<u8> {
    let mut dataset = identity();
    let item = image("YBR_FULL_422", 0, icon);
    let all = image("YBR_FULL_422", 0, jpeg);
    let pixels = all
        .windows(4)
        .position(|tag| tag == b"\xE0\x7F\x10\x00")
        .unwrap();
    dataset.extend_from_slice(&all[..pixels]);
    dataset
        .extend_from_slice(b"\x88\0\0\x02SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF");
    dataset.extend_from_slice(&item);
    dataset.extend_from_slice(b"\xFE\xFF\x0D\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0");
    dataset.extend_from_slice(&all[pixels..]);
    dataset
}

async fn icon_of(jpeg: &[u8], icon: &[u8]) -> Vec<Vec<Element>> {
    let world = World::new().await;
    let baseline = TransferSyntax::new(Uid::new("1.2.840.10008.1.2.4.50").unwrap());
    let explicit = TransferSyntax::explicit_little();
    let dataset = with_icon(jpeg, icon);
    let instance = world.keep(&dataset, &baseline, "1.4").await.unwrap();
    let content = world
        .retrieve
        .dataset(&permit("local"), &instance, &explicit)
        .await
        .unwrap();
    let header = scan(&bytes(content).await, &explicit).unwrap();
    match &header.element(ICON).unwrap().value {
        Value::Items(items) => items.clone(),
        other => panic!("{other:?}"),
    }
}

fn picture() -> Vec<u8> {
    let (mut jpeg, side) = (Vec::new(), SIDE as u32);
    JpegEncoder::new_with_quality(&mut jpeg, 100)
        .encode(&fields(), side, side, ExtendedColorType::Rgb8)
        .unwrap();
    jpeg
}

#[tokio::test]
async fn an_icon_is_decoded_with_the_image_around_it() {
    let jpeg = picture();
    let items = icon_of(&jpeg, &jpeg).await;
    let [item] = items.as_slice() else {
        panic!("{items:?}");
    };
    let of = |tag| item.iter().find(|element| element.tag == tag).unwrap();
    let pixels = of(Tag(0x7FE0, 0x0010));
    assert_eq!(pixels.vr, VR::OB);
    let length = match &pixels.value {
        Value::Bytes(bytes) => bytes.len() as u64,
        Value::Bulk { length, .. } => *length,
        other => panic!("{other:?}"),
    };
    assert_eq!(length, (SIDE * SIDE * 3) as u64);
    let Value::Bytes(photometric) = &of(Tag(0x0028, 0x0004)).value else {
        panic!("no text");
    };
    assert_eq!(photometric, b"YBR_FULL");
}

#[tokio::test]
async fn an_icon_that_cannot_be_decoded_is_left_out() {
    let items = icon_of(&picture(), b"no JPEG at all").await;
    assert!(items.is_empty(), "{items:?}");
}
