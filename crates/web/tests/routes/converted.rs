//! What leaves encapsulated, and what leaves decoded (PS3.5 §A.4, §8.2; PS3.18 §8.7.3, §10.4.1.1.4).

use testkit::fixture::{Dataset, Object, Syntax, flat, split};

use crate::{
    house::House,
    objects::{beside, ct, path, rle, shape},
};

const EXPLICIT: &str = "application/dicom; transfer-syntax=1.2.840.10008.1.2.1";
const RLE: &str = "1.2.840.10008.1.2.5";
const SECONDARY: &str = "1.2.840.10008.5.1.4.1.1.7";

fn compressed(rest: Dataset, syntax: &str) -> Object {
    let first = ct("C1").object();
    let mut object = beside(&first, SECONDARY, &format!("{}.3", first.sop), rest);
    object.transfer_syntax = syntax.into();
    object
}

/// The elements of an object in Explicit VR Little Endian, as it is given.
async fn decoded(house: &House, object: &Object) -> std::collections::BTreeMap<u32, Vec<u8>> {
    let answer = house.get(&path(object), EXPLICIT).await;
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let (syntax, dataset) = split(&answer.body).unwrap();
    assert_eq!(syntax, "1.2.840.10008.1.2.1");
    flat(dataset, Syntax::Explicit).unwrap()
}

/// PS3.5 §A.4: a fragment has an even length; its padding belongs to it, the headers of items and the
/// delimiter at the end to nobody.
#[tokio::test]
async fn several_encapsulated_frames_are_each_padded_and_nothing_besides() {
    let house = House::dev().await;
    let jpeg = "1.2.840.10008.1.2.4.50";
    let frames: [Vec<u8>; 4] = [
        b"\xFF\xD8one\xFF\xD9\0".to_vec(),
        b"\xFF\xD8second\xFF\xD9".to_vec(),
        b"\xFF\xD8III\xFF\xD9\0".to_vec(),
        b"\xFF\xD8 fourth\xFF\xD9\0".to_vec(),
    ];
    let rest = shape("MONOCHROME2", 1, 2, 2)
        .text(0x0028_0008, "IS", "4")
        .fragments(frames.to_vec());
    let object = compressed(rest, jpeg);
    house.stored(std::slice::from_ref(&object)).await;
    let base = format!("{}/frames", path(&object));
    let stored = "multipart/related; type=application/octet-stream; transfer-syntax=*";
    for (accept, essence) in [
        (stored, "application/octet-stream"),
        ("multipart/related; type=\"image/jpeg\"", "image/jpeg"),
    ] {
        for numbers in [vec![1, 2, 3, 4], vec![3, 1], vec![4, 2, 2, 3], vec![3]] {
            let list: Vec<String> = numbers.iter().map(usize::to_string).collect();
            let list = format!("{base}/{}", list.join(","));
            let parts = house.get(&list, accept).await.parts();
            assert_eq!(parts.len(), numbers.len(), "{list}");
            for (part, number) in parts.iter().zip(&numbers) {
                assert_eq!(part.body, frames[number - 1], "{list} {essence}");
                let kind = format!("{essence}; transfer-syntax={jpeg}");
                assert_eq!(part.header("content-type"), Some(kind.as_str()));
            }
        }
    }
}

/// PS3.3 §C.7.6.3.1.8, PS3.5 §A.4: offset tables and lengths are of what is encapsulated; what is native has
/// a length, and the bits that it had.
#[tokio::test]
async fn what_is_decoded_has_no_offset_tables_and_says_its_bits() {
    let house = House::dev().await;
    let samples: [u16; 12] = [0, 1, 255, 256, 1000, 2048, 4095, 4094, 77, 0x0AB, 0xF0F, 3];
    let frame = |samples: &[u16]| {
        let bytes = |shift: u32| samples.iter().map(|s| (s >> shift) as u8).collect();
        // The more significant byte is the first segment (PS3.5 §G.2).
        rle(&[bytes(8), bytes(0)], 3)
    };
    let frames = [frame(&samples[..6]), frame(&samples[6..])];
    let lengths = [0, 1].map(|index| frames[index].len() as u64);
    let words = |values: &[u64]| values.iter().flat_map(|v| v.to_le_bytes()).collect();
    let rest = shape("MONOCHROME2", 1, 2, 3)
        .us(0x0028_0100, &[16])
        .us(0x0028_0101, &[12])
        .us(0x0028_0102, &[11])
        .text(0x0028_0008, "IS", "2")
        .text(0x0028_2110, "CS", "01")
        .text(0x0028_2112, "DS", "7.5")
        .text(0x0028_2114, "CS", "ISO_10918_1")
        .bytes(0x7FE0_0001, "OV", words(&[0, 8 + lengths[0]]))
        .bytes(0x7FE0_0002, "OV", words(&lengths))
        .bytes(
            0x7FE0_0003,
            "UV",
            words(&[lengths.iter().sum::<u64>() + 16]),
        )
        .fragments(frames.to_vec());
    let object = compressed(rest, RLE);
    house.stored(std::slice::from_ref(&object)).await;
    // As it is stored it has them.
    let own = path(&object);
    let stored = house.get(&own, "application/dicom; transfer-syntax=*");
    let stored = stored.await.body;
    assert!(stored.windows(6).any(|at| at == b"\xE0\x7F\x01\0OV"));

    let found = decoded(&house, &object).await;
    let expected: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    assert_eq!(found[&0x7FE0_0010], expected);
    for tag in [0x7FE0_0001, 0x7FE0_0002, 0x7FE0_0003] {
        assert!(!found.contains_key(&tag), "{tag:08X}");
    }
    for (tag, value) in [
        (0x0028_0002, &[1, 0][..]),
        (0x0028_0004, b"MONOCHROME2 "),
        (0x0028_0008, b"2 "),
        (0x0028_0100, &[16, 0]),
        (0x0028_0101, &[12, 0]),
        (0x0028_0102, &[11, 0]),
        (0x0028_0103, &[0, 0]),
        // PS3.3 §C.7.6.1.1.5: what was lost once stays lost, and is told as it was.
        (0x0028_2110, b"01"),
        (0x0028_2112, b"7.5 "),
        (0x0028_2114, b"ISO_10918_1 "),
    ] {
        assert_eq!(found[&tag], value, "{tag:08X}");
    }
    assert!(!found.contains_key(&0x0028_0006));
    let native = "multipart/related; type=application/octet-stream";
    let frames = house.get(&format!("{own}/frames/2,1"), native).await;
    let parts = frames.parts();
    assert_eq!(parts[0].body, expected[12..]);
    assert_eq!(parts[1].body, expected[..12]);
}

/// PS3.3 §C.7.6.3.1.2, §C.7.6.3.1.3: planes become samples side by side, and what their colours are stays.
#[tokio::test]
async fn decoded_colours_say_how_they_lie_and_what_they_are() {
    let house = House::dev().await;
    let planes: [Vec<u8>; 3] = [
        vec![10, 20, 30, 40, 50, 60],
        vec![110, 120, 130, 140, 150, 160],
        vec![210, 220, 230, 240, 250, 5],
    ];
    let expected: Vec<u8> = (0..6)
        .flat_map(|at| [0, 1, 2].map(|plane: usize| planes[plane][at]))
        .collect();
    for (photometric, planar) in [("RGB", 1), ("RGB", 0), ("YBR_FULL", 1)] {
        let rest = shape(photometric, 3, 2, 3)
            .us(0x0028_0006, &[planar])
            .fragments(vec![rle(&planes, 3)]);
        let object = compressed(rest, RLE);
        house.stored(std::slice::from_ref(&object)).await;
        let found = decoded(&house, &object).await;
        assert_eq!(found[&0x7FE0_0010], expected, "{photometric} {planar}");
        let said = String::from_utf8_lossy(&found[&0x0028_0004]);
        assert_eq!(said.trim_end(), photometric);
        assert_eq!(found[&0x0028_0006], [0, 0], "{photometric} {planar}");
        assert_eq!(found[&0x0028_0002], [3, 0]);
        // Nothing was lost, and nothing is said to be.
        assert!(!found.contains_key(&0x0028_2110), "{photometric}");
    }
}
