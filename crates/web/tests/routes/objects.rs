//! Objects that the tests of retrieval store, and requests for them.

use axum::{
    body::Body,
    http::{Request, header},
};
use testkit::fixture::{Ct, Dataset, Object, Syntax};

use crate::house::{Answer, House};

/// A small CT image.
pub(crate) fn ct(patient_id: &str) -> Ct {
    let mut ct = Ct::new(patient_id).unwrap();
    ct.size = 16;
    ct
}

/// Its address.
pub(crate) fn path(object: &Object) -> String {
    let Object {
        study, series, sop, ..
    } = object;
    format!("/dicom-web/studies/{study}/series/{series}/instances/{sop}")
}

/// A request of any method.
pub(crate) async fn send(
    house: &House,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    house.send(request.body(Body::empty()).unwrap()).await
}

/// An object of any class in the study of another.
pub(crate) fn beside(first: &Object, class: &str, sop: &str, rest: Dataset) -> Object {
    let dataset = rest
        .text(0x0008_0016, "UI", class)
        .text(0x0008_0018, "UI", sop)
        .text(0x0010_0020, "LO", "V0")
        .text(0x0020_000D, "UI", &first.study)
        .text(0x0020_000E, "UI", format!("{}.7", first.series));
    Object {
        sop_class: class.into(),
        sop: sop.into(),
        study: first.study.clone(),
        series: format!("{}.7", first.series),
        transfer_syntax: "1.2.840.10008.1.2.1".into(),
        dataset: dataset.encode(Syntax::Explicit),
    }
}

/// Grays of 8 bits, three frames of 3 x 5: an odd number of bytes each.
pub(crate) fn frames(first: &Object) -> Object {
    let pixels: Vec<u8> = (0..45).map(|byte| byte * 5).collect();
    let rest = Dataset::default()
        .us(0x0028_0002, &[1])
        .text(0x0028_0004, "CS", "MONOCHROME2")
        .text(0x0028_0008, "IS", "3")
        .us(0x0028_0010, &[5])
        .us(0x0028_0011, &[3])
        .us(0x0028_0100, &[8])
        .us(0x0028_0101, &[8])
        .us(0x0028_0102, &[7])
        .us(0x0028_0103, &[0])
        .bytes(0x7FE0_0010, "OB", [&pixels[..], &[0]].concat());
    let class = "1.2.840.10008.5.1.4.1.1.7.2";
    beside(first, class, &format!("{}.8", first.sop), rest)
}

/// The elements of an image of 8 bits that is no more than its pixels.
pub(crate) fn shape(photometric: &str, samples: u16, rows: u16, columns: u16) -> Dataset {
    Dataset::default()
        .us(0x0028_0002, &[samples])
        .text(0x0028_0004, "CS", photometric)
        .us(0x0028_0010, &[rows])
        .us(0x0028_0011, &[columns])
        .us(0x0028_0100, &[8])
        .us(0x0028_0101, &[8])
        .us(0x0028_0102, &[7])
        .us(0x0028_0103, &[0])
}

/// A frame in RLE (PS3.5 §G.3 to §G.5): a segment for each plane of bytes, a literal run for each of its rows.
pub(crate) fn rle(planes: &[Vec<u8>], columns: usize) -> Vec<u8> {
    let mut frame = vec![planes.len() as u8];
    frame.resize(64, 0);
    for (index, plane) in planes.iter().enumerate() {
        let (at, entry) = (frame.len() as u32, 4 + 4 * index);
        frame[entry..entry + 4].copy_from_slice(&at.to_le_bytes());
        for row in plane.chunks(columns) {
            frame.push(row.len() as u8 - 1);
            frame.extend(row);
        }
        frame.resize(frame.len().next_multiple_of(2), 0);
    }
    frame
}
