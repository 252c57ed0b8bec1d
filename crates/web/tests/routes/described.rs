//! STOW-RS of metadata and bulk data (PS3.18 §10.5.1, Table 10.5.2-1), and compressed requests.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};
use testkit::fixture::{Ct, Object, fresh_uid};

use crate::house::{Answer, House};

const STUDIES: &str = "/dicom-web/studies";
const JSON: &str = "application/dicom+json";
const XML: &str = "application/dicom+xml";
const XML_PARTS: &str = "multipart/related; type=\"application/dicom+xml\"";

/// A part: its Content-Type, its Content-Location, its bytes.
type Part<'a> = (&'a str, Option<&'a str>, &'a [u8]);

fn body(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = b"\r\n".to_vec();
    for (media, location, bytes) in parts {
        body.extend(format!("--a b\r\nContent-Type: {media}\r\n").bytes());
        if let Some(location) = location {
            body.extend(format!("Content-Location: {location}\r\n").bytes());
        }
        body.extend(b"\r\n");
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--a b--");
    body
}

fn content_type(root: &str) -> String {
    format!("multipart/related; start=\"<1>\"; boundary=\"a b\"; type=\"{root}\"; charset=utf-8")
}

async fn stow(house: &House, root: &str, parts: &[Part<'_>]) -> Answer {
    let content_type = content_type(root);
    house.post(STUDIES, &content_type, body(parts)).await
}

fn ct(patient: &str) -> Object {
    let mut ct = Ct::new(patient).unwrap();
    ct.size = 64;
    ct.object()
}

fn path(object: &Object) -> String {
    let (study, series, sop) = (&object.study, &object.series, &object.sop);
    format!("{STUDIES}/{study}/series/{series}/instances/{sop}")
}

async fn metadata(house: &House, object: &Object) -> Value {
    let answer = house.get(&format!("{}/metadata", path(object)), JSON).await;
    assert_eq!(answer.status, 200);
    answer.json()
}

async fn pixels(house: &House, object: &Object) -> Vec<u8> {
    let path = format!("{}/bulkdata/7FE00010", path(object));
    let answer = house.get(&path, "application/octet-stream").await;
    assert_eq!(answer.status, 200);
    answer.body
}

fn uid_of(json: &mut Value, tag: &str) -> String {
    json[tag]["Value"][0].as_str().unwrap().to_owned()
}

/// What one server gives as metadata and bulk data, another takes, and gives the same again.
#[tokio::test]
async fn what_is_given_apart_is_taken_apart() {
    for root in [JSON, XML] {
        let (first, second) = (House::dev().await, House::dev().await);
        let object = ct("D1");
        first.stored(std::slice::from_ref(&object)).await;
        let json = metadata(&first, &object).await;
        let bytes = pixels(&first, &object).await;
        // The pixels, and a private value that is too long to stand in line.
        let mut bulk: Vec<(String, Vec<u8>)> = Vec::new();
        for attribute in json[0].as_object().unwrap().values() {
            if let Some(uri) = attribute["BulkDataURI"].as_str() {
                let path = uri.strip_prefix("http://localhost:8080").unwrap();
                let value = first.get(path, "application/octet-stream").await;
                bulk.push((uri.to_owned(), value.body));
            }
        }
        assert_eq!(bulk.len(), 2);
        let text = if root == JSON {
            json.to_string().into_bytes()
        } else {
            let path = format!("{}/metadata", path(&object));
            let answer = first.get(&path, XML_PARTS).await;
            assert_eq!(answer.status, 200);
            assert!(answer.header("content-type").starts_with(XML_PARTS));
            let mut parts = answer.parts();
            assert_eq!(parts.len(), 1);
            assert_eq!(parts[0].header("content-type"), Some(XML));
            parts.remove(0).body
        };
        let mut parts: Vec<Part<'_>> = vec![(root, None, &text)];
        parts.extend(bulk.iter().map(|(uri, value)| {
            let octets = "application/octet-stream";
            (octets, Some(uri.as_str()), value.as_slice())
        }));
        let answer = stow(&second, root, &parts).await;
        assert_eq!(
            answer.status,
            200,
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
        assert_eq!(
            answer.json()["00081199"]["Value"][0]["00081155"]["Value"][0],
            object.sop
        );
        assert_eq!(metadata(&second, &object).await, json, "{root}");
        assert_eq!(pixels(&second, &object).await, bytes);
    }
}

/// A secondary capture as DICOM JSON, without its pixels.
fn capture(frames: u32) -> Value {
    let mut attributes = json!({
        "00080016": {"vr": "UI", "Value": ["1.2.840.10008.5.1.4.1.1.7.4"]},
        "00080018": {"vr": "UI", "Value": [fresh_uid().unwrap()]},
        "0020000D": {"vr": "UI", "Value": [fresh_uid().unwrap()]},
        "0020000E": {"vr": "UI", "Value": [fresh_uid().unwrap()]},
        "00020010": {"vr": "UI", "Value": ["1.2.3"]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Müller^Jörg", "Ideographic": "张^三"}]},
        "00280008": {"vr": "IS", "Value": [frames]},
    });
    for (tag, value) in [
        ("00280002", 3),
        ("00280010", 2),
        ("00280011", 2),
        ("00280100", 8),
    ] {
        attributes[tag] = json!({"vr": "US", "Value": [value]});
    }
    attributes
}

fn with_pixels(mut attributes: Value, uri: &str) -> Vec<u8> {
    attributes["7FE00010"] = json!({"vr": "OB", "BulkDataURI": uri});
    json!([attributes]).to_string().into_bytes()
}

fn failure(answer: &Answer) -> u16 {
    assert_eq!(
        answer.status,
        409,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let json = answer.json();
    let failed =
        ["00081198", "0008119A"].map(|list| json[list]["Value"][0]["00081197"]["Value"][0].clone());
    let reason = failed.iter().find_map(Value::as_u64).unwrap();
    u16::try_from(reason).unwrap()
}

/// PS3.18 Table 8.7.3-2: a part a frame, in the order of the frames, their syntax in the Content-Type.
#[tokio::test]
async fn frames_in_parts_become_fragments() {
    let house = House::dev().await;
    let mut attributes = capture(2);
    let names = ["0020000D", "0020000E", "00080018"];
    let [study, series, sop] = names.map(|tag| uid_of(&mut attributes, tag));
    let text = with_pixels(attributes, "bulk/px");
    let frames: [&[u8]; 2] = [
        b"\xFF\xD8\xFF\xC0\0\x04abone",
        b"\xFF\xD8\xFF\xC0\0\x04abtwo!",
    ];
    let parts: Vec<Part<'_>> = [(JSON, None, text.as_slice())]
        .into_iter()
        .chain(frames.map(|frame| ("image/jpeg", Some("/dicom-web/bulk/px"), frame)))
        .collect();
    let answer = stow(&house, JSON, &parts).await;
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let path = format!("{STUDIES}/{study}/series/{series}/instances/{sop}/frames/2,1");
    let accept = "multipart/related; type=\"image/jpeg\"; transfer-syntax=1.2.840.10008.1.2.4.50";
    let answer = house.get(&path, accept).await;
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let found: Vec<Vec<u8>> = answer.parts().into_iter().map(|part| part.body).collect();
    assert!(found[0].starts_with(frames[1]) && found[1].starts_with(frames[0]));
    // Text is UTF-8 and says so.
    let found = house
        .get(&format!("{STUDIES}?PatientName=%E5%BC%A0%E4%B8%89"), JSON)
        .await;
    assert_eq!(found.status, 200);
}

#[tokio::test]
async fn a_single_data_set_needs_no_wrapping() {
    let house = House::dev().await;
    for array in [true, false] {
        let mut attributes = capture(1);
        attributes["7FE00010"] = json!({"vr": "OB", "InlineBinary": "AAECAwQFBgcICQoL"});
        let text = if array {
            json!([attributes])
        } else {
            attributes
        };
        let answer = house
            .post(STUDIES, JSON, text.to_string().into_bytes())
            .await;
        assert_eq!(
            answer.status,
            200,
            "{}",
            String::from_utf8_lossy(&answer.body)
        );
    }
    let xml = dataset::xml::write(capture(1).as_object().unwrap());
    let request = Request::post(STUDIES)
        .header(header::CONTENT_TYPE, XML)
        .header(header::ACCEPT, XML);
    let answer = house.send(request.body(Body::from(xml)).unwrap()).await;
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    assert_eq!(answer.header("content-type"), XML);
    assert!(String::from_utf8_lossy(&answer.body).contains("keyword=\"ReferencedSOPSequence\""));
}

/// Table I.2-2 of PS3.18: what is wrong has its code, and the rest is stored.
#[tokio::test]
async fn what_cannot_be_put_together_says_why() {
    let house = House::dev().await;
    let text = with_pixels(capture(1), "p");
    let alone: Part<'_> = (JSON, None, &text);
    assert_eq!(failure(&stow(&house, JSON, &[alone]).await), 0xC000);
    let png: Part<'_> = ("image/png", Some("p"), b"x");
    assert_eq!(failure(&stow(&house, JSON, &[alone, png]).await), 0xC122);
    let jls: Part<'_> = ("image/jls", Some("p"), b"x");
    assert_eq!(
        failure(&stow(&house, JSON, &[alone, jls, jls]).await),
        0xA900
    );
    let mut wrong = capture(1);
    wrong["00280010"] = json!({"vr": "US", "Value": ["many"]});
    let wrong = wrong.to_string().into_bytes();
    assert_eq!(
        failure(&stow(&house, JSON, &[(JSON, None, &wrong)]).await),
        0xC000
    );
    let good = capture(1).to_string().into_bytes();
    let answer = stow(&house, JSON, &[(JSON, None, &wrong), (JSON, None, &good)]).await;
    assert_eq!(answer.status, 202);
    assert!(answer.json()["00081199"]["Value"][1].is_null());
    let broken: Part<'_> = (XML, None, b"<Nat");
    let xml = stow(&house, XML, &[broken]).await;
    assert_eq!(xml.status, 400);
    let text = xml.json()["message"].to_string();
    assert!(text.contains("metadata: the document"), "{text}");
    let other = format!("{STUDIES}/1.2.3");
    let answer = house.post(&other, JSON, good).await;
    assert_eq!(failure(&answer), 0xA900);
    let mut outside = capture(1);
    outside["00080018"] = json!({"vr": "UI", "Value": ["../../etc\n\u{0}"]});
    let answer = house
        .post(STUDIES, JSON, outside.to_string().into_bytes())
        .await;
    assert_eq!(failure(&answer), 0xC000);
}

#[tokio::test]
async fn hostile_metadata_is_refused_in_bounded_time() {
    let house = House::new(|settings| {
        settings.dev = true;
        settings.stow.metadata_bytes = 1 << 20;
    })
    .await;
    let began = Instant::now();
    let deep = format!(
        "{}{}",
        "[{\"00081140\":{\"vr\":\"SQ\",\"Value\":".repeat(1000),
        "]"
    );
    let xml = "<DicomAttribute tag=\"00081140\" vr=\"SQ\"><Item number=\"1\">".repeat(1000);
    let xml = format!("<NativeDicomModel>{xml}");
    let entity = "<!DOCTYPE x [<!ENTITY a \"b\">]><NativeDicomModel/>";
    for (media, text, status) in [
        (JSON, deep.as_str(), 400),
        (JSON, "[{}", 400),
        (JSON, "null", 400),
        (JSON, "[]", 400),
        (JSON, "[{]}", 400),
        (XML, &xml, 400),
        (XML, entity, 400),
        (XML, "", 400),
    ] {
        let answer = house.post(STUDIES, media, text.as_bytes().to_vec()).await;
        assert_eq!(
            answer.status,
            status,
            "{media} {}",
            &text[..text.len().min(40)]
        );
    }
    let long = vec![b' '; (1 << 20) + 1];
    assert_eq!(house.post(STUDIES, JSON, long).await.status, 413);
    let part = b"--a b\r\nContent-Type: a/b\r\nContent-Location: x\r\n\r\n\r\n";
    let many = part.repeat(200_001);
    let answer = house.post(STUDIES, &content_type(JSON), many).await;
    assert_eq!(answer.status, 400);
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "{:?}",
        began.elapsed()
    );
}

async fn packed(house: &House, coding: &str, body: Vec<u8>) -> Answer {
    let request = Request::post(STUDIES)
        .header(header::CONTENT_TYPE, "application/dicom")
        .header(header::CONTENT_ENCODING, coding);
    house.send(request.body(Body::from(body)).unwrap()).await
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// RFC 9110 §8.4.1.
#[tokio::test]
async fn compressed_requests_are_unpacked() {
    let house = House::dev().await;
    let file = ct("Z1").file();
    assert_eq!(packed(&house, "gzip", gzip(&file)).await.status, 200);
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    zlib.write_all(&file).unwrap();
    assert_eq!(
        packed(&house, "deflate", zlib.finish().unwrap())
            .await
            .status,
        200
    );
    let zstd = zstd::bulk::compress(&file, 1).unwrap();
    assert_eq!(packed(&house, "ZSTD", zstd).await.status, 200);
    assert_eq!(packed(&house, "identity", file.clone()).await.status, 200);
    assert_eq!(packed(&house, "br", file.clone()).await.status, 415);
    assert_eq!(
        packed(&house, "gzip, gzip", gzip(&gzip(&file)))
            .await
            .status,
        415
    );
    let mut cut = gzip(&file);
    cut.truncate(cut.len() / 2);
    assert_eq!(packed(&house, "gzip", cut).await.status, 400);
    assert_eq!(packed(&house, "gzip", file).await.status, 400);
}

#[tokio::test]
async fn what_unpacks_to_too_much_is_no_request() {
    let house = House::dev().await;
    let mut object = Ct::new("Z2").unwrap();
    object.size = 16;
    let mut file = object.object().file();
    // A private value that goes on for 64 MiB of nothing: 1000 bytes of each one that came.
    file.extend([0xE1, 0x7F, 0x10, 0x10, b'O', b'B', 0, 0, 0, 0, 0, 4]);
    file.resize(file.len() + (64 << 20), 0);
    for (coding, bytes) in [
        ("gzip", gzip(&file)),
        ("zstd", zstd::bulk::compress(&file, 1).unwrap()),
    ] {
        let answer = packed(&house, coding, bytes).await;
        assert_eq!(
            answer.status,
            413,
            "{coding}: {}",
            String::from_utf8_lossy(&answer.body)
        );
        assert!(String::from_utf8_lossy(&answer.body).contains("limits.request_ratio"));
    }
    assert_eq!(
        house
            .get(&format!("{STUDIES}?PatientID=Z2"), JSON)
            .await
            .status,
        204
    );
}

/// PS3.18 §10.6.3.2, Table 10.4.1-2: XML comes in parts, one a match or instance.
#[tokio::test]
async fn searches_and_metadata_come_as_xml() {
    let house = House::dev().await;
    let object = ct("X1");
    house.stored(std::slice::from_ref(&object)).await;
    for (path, tag) in [
        (STUDIES.to_owned(), "0020000D"),
        (format!("{STUDIES}/{}/series", object.study), "0020000E"),
        (format!("{STUDIES}/{}/metadata", object.study), "00080018"),
        (
            format!(
                "{STUDIES}/{}/series/{}/metadata",
                object.study, object.series
            ),
            "00080018",
        ),
    ] {
        let json = house.get(&path, JSON).await.json();
        let answer = house.get(&path, XML_PARTS).await;
        assert_eq!(answer.status, 200, "{path}");
        let parts = answer.parts();
        assert_eq!(parts.len(), 1, "{path}");
        let read = dataset::xml::read(&parts[0].body, &Default::default()).unwrap();
        assert_eq!(read[tag], json[0][tag], "{path}");
        assert_eq!(read.len(), json[0].as_object().unwrap().len(), "{path}");
    }
    let nothing = house
        .get(&format!("{STUDIES}?PatientID=none"), XML_PARTS)
        .await;
    assert_eq!(nothing.status, 204);
    assert_eq!(
        house
            .get(&format!("{STUDIES}/{}/metadata", object.study), XML)
            .await
            .status,
        406
    );
}
