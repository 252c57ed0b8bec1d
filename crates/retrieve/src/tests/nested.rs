//! Icons of converted data sets (PS3.5 §A.4: one transfer syntax for the data set and its items).

use dataset::{Element, Tag, VR, Value};
use model::{TransferSyntax, Uid};

use crate::RetrieveError;

use super::{
    World, bytes,
    colours::{assert_fields, identity, image, picture, place_of_pixels},
    permit, scan,
};

const ICON: Tag = Tag(0x0088, 0x0200);

/// An image whose icon is `icon`.
fn with_icon(jpeg: &[u8], icon: &[u8]) -> Vec<u8> {
    let mut dataset = identity();
    let item = image("YBR_FULL_422", 0, icon);
    let all = image("YBR_FULL_422", 0, jpeg);
    let pixels = place_of_pixels(&all);
    dataset.extend_from_slice(&all[..pixels]);
    dataset
        .extend_from_slice(b"\x88\0\0\x02SQ\0\0\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF");
    dataset.extend_from_slice(&item);
    dataset.extend_from_slice(b"\xFE\xFF\x0D\xE0\0\0\0\0\xFE\xFF\xDD\xE0\0\0\0\0");
    dataset.extend_from_slice(&all[pixels..]);
    dataset
}

/// PS3.18 §8.7.3.3: bytes without a transfer syntax are little endian and not compressed.
#[tokio::test]
async fn the_pixels_of_an_icon_leave_as_bulk_data_decoded() {
    let world = World::new().await;
    let baseline = TransferSyntax::new(Uid::new("1.2.840.10008.1.2.4.50").unwrap());
    let (jpeg, permit) = (picture(), permit("local"));
    for (icon, sop) in [(&jpeg[..], "1.4"), (b"no JPEG at all", "1.5")] {
        let dataset = with_icon(&jpeg, icon);
        let instance = world.keep(&dataset, &baseline, sop).await.unwrap();
        let values = world.retrieve.values(&permit, &instance).await.unwrap();
        let read = async |path| match values.value(path).await {
            Ok(bulk) => Ok(bytes(bulk.value.whole().await.unwrap()).await),
            Err(error) => Err(error),
        };
        let around = read("7FE00010").await.unwrap();
        assert_fields(&around, "bulk data of the image");
        match (read("00880200/1/7FE00010").await, icon == jpeg) {
            (Ok(own), true) => assert_eq!(own, around),
            (Err(RetrieveError::NotConvertible { .. }), false) => {}
            (other, _) => panic!("{other:?}"),
        }
    }
}

/// The converted data set of an image with an icon, and the items of its icon.
async fn icon_of(jpeg: &[u8], icon: &[u8]) -> (Vec<u8>, Vec<Vec<Element>>) {
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
    let converted = bytes(content).await;
    let header = scan(&converted, &explicit).unwrap();
    match &header.element(ICON).unwrap().value {
        Value::Items(items) => (converted, items.clone()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_icon_is_decoded_with_the_image_around_it() {
    let jpeg = picture();
    let (converted, items) = icon_of(&jpeg, &jpeg).await;
    let [item] = items.as_slice() else {
        panic!("{items:?}");
    };
    let of = |tag| item.iter().find(|element| element.tag == tag).unwrap();
    let pixels = of(Tag(0x7FE0, 0x0010));
    assert_eq!(pixels.vr, VR::OB);
    let samples = match &pixels.value {
        Value::Bytes(bytes) => bytes.as_slice(),
        &Value::Bulk { offset, length } => &converted[offset as usize..][..length as usize],
        other => panic!("{other:?}"),
    };
    assert_fields(samples, "the icon");
    let Value::Bytes(photometric) = &of(Tag(0x0028, 0x0004)).value else {
        panic!("no text");
    };
    assert_eq!(photometric, b"YBR_FULL");
}

#[tokio::test]
async fn an_icon_that_cannot_be_decoded_is_left_out() {
    let (_, items) = icon_of(&picture(), b"no JPEG at all").await;
    assert!(items.is_empty(), "{items:?}");
}
