//! WADO-RS metadata of more instances than are read at once: the house reads three at a time.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use model::{InstanceKey, ObjectKey, Origin, Receiver, TransferSyntax, Uid};
use serde_json::{Value, json};
use testkit::fixture::{Ct, Object, fresh_uid, slices};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use ulid::Ulid;

use crate::house::House;

const JSON: &str = "application/dicom+json";

fn instances(count: u32) -> Vec<Object> {
    let mut ct = Ct::new("M1").unwrap();
    ct.size = 16;
    slices(ct, count).unwrap()
}

/// An instance whose header in the index is damaged; it comes after all that have a smaller number.
async fn damaged(house: &House, study: &str, series: &str, number: u32) {
    let uid = |text: &str| Uid::new(text).unwrap();
    let text = |attributes: Value| attributes.to_string();
    let sop = fresh_uid().unwrap();
    let instance = InstanceKey {
        institution: house.institution.clone(),
        study: uid(study),
        series: uid(series),
        sop: uid(&sop),
    };
    let row = database::NewInstance {
        object: ObjectKey {
            instance,
            ulid: Ulid::from_parts(u64::from(number), 7),
        },
        length: 1000,
        dataset_offset: 400,
        digest: [7; 32],
        transfer_syntax: TransferSyntax::explicit_little(),
        sop_class: uid("1.2.840.10008.5.1.4.1.1.2"),
        pixel_offset: None,
        frames: None,
        frame_count: 0,
        received: time::OffsetDateTime::UNIX_EPOCH,
        origin: Origin {
            receiver: Receiver::Import,
            source: "test".into(),
            called: None,
        },
        issuer: "local".into(),
        patient_id: "M1".into(),
        patient: text(json!({"00100020": {"vr": "LO", "Value": ["M1"]}})),
        study: text(json!({"0020000D": {"vr": "UI", "Value": [study]}})),
        series: text(json!({"0020000E": {"vr": "UI", "Value": [series]}})),
        instance: text(json!({
            "00080018": {"vr": "UI", "Value": [sop]},
            "00200013": {"vr": "IS", "Value": [number]},
        })),
        header: b"no zstd at all".to_vec(),
    };
    house.database.commit(row).await.unwrap();
}

#[tokio::test]
async fn a_study_of_several_pages_says_what_each_instance_says() {
    let house = House::dev().await;
    let objects = instances(10);
    house.stored(&objects).await;
    let study = format!("/dicom-web/studies/{}", objects[0].study);
    let series = format!("{study}/series/{}", objects[0].series);
    let mut expected = Vec::new();
    for object in &objects {
        let path = format!("{series}/instances/{}/metadata", object.sop);
        let one = house.get(&path, JSON).await.json();
        assert_eq!(one.as_array().unwrap().len(), 1);
        expected.push(one[0].clone());
    }
    for path in [format!("{study}/metadata"), format!("{series}/metadata")] {
        let answer = house.get(&path, JSON).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, JSON));
        assert_eq!(answer.json(), Value::Array(expected.clone()));
        let head = Request::builder().method(Method::HEAD).uri(&path);
        let head = head.header(header::HOST, "localhost").body(Body::empty());
        let head = house.send(head.unwrap()).await;
        assert_eq!((head.status, head.header("content-type")), (200, JSON));
        assert!(head.body.is_empty());
    }
}

/// All bytes of an answer, as they come over the wire.
async fn wire(house: &House, path: &str, encoding: &str) -> String {
    let mut socket = tokio::net::TcpStream::connect(house.listen().await)
        .await
        .unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    // A reset is one way of being cut off.
    let _ = socket.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn what_fails_midway_cuts_the_connection_and_is_never_whole() {
    const LAST_CHUNK: &str = "\r\n0\r\n\r\n";
    let house = House::dev().await;
    let objects = instances(5);
    house.stored(&objects).await;
    let path = format!("/dicom-web/studies/{}/metadata", objects[0].study);
    for encoding in ["identity", "gzip"] {
        let whole = wire(&house, &path, encoding).await;
        assert!(whole.starts_with("HTTP/1.1 200"), "{whole}");
        assert!(whole.ends_with(LAST_CHUNK), "{encoding}");
    }
    damaged(&house, &objects[0].study, &objects[0].series, 1000).await;
    for encoding in ["identity", "gzip"] {
        let cut = wire(&house, &path, encoding).await;
        assert!(cut.starts_with("HTTP/1.1 200") || cut.is_empty(), "{cut}");
        assert!(!cut.ends_with(LAST_CHUNK), "{encoding}");
    }
}

#[tokio::test]
async fn what_fails_at_the_first_header_is_a_status() {
    let house = House::dev().await;
    let (study, series) = (fresh_uid().unwrap(), fresh_uid().unwrap());
    damaged(&house, &study, &series, 1).await;
    for path in [
        format!("/dicom-web/studies/{study}/metadata"),
        format!("/dicom-web/studies/{study}/series/{series}/metadata"),
    ] {
        let answer = house.get(&path, JSON).await;
        assert_eq!(answer.status, 500, "{path}");
        assert_eq!(answer.json()["code"], "internal");
    }
}
