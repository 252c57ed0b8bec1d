//! Metadata as one answer: from rows, from a kept piece, from a piece and what came since; ETags, codings,
//! addresses; and a study opened in one request.

use std::io::Read;

use access::{Actor, Permit, decide};
use axum::{
    body::Body,
    http::{Request, header},
};
use model::{InstanceKey, Operation, Purpose, Uid};
use serde_json::Value;
use testkit::fixture::{Ct, Object, slices};

use crate::house::{Answer, House};

const JSON: &str = "application/dicom+json";

async fn house() -> House {
    let settings = retrieve::Settings {
        manifest_instances: 2,
        ..retrieve::Settings::default()
    };
    House::with(|settings| settings.dev = true, settings).await
}

fn series(count: u32) -> Vec<Object> {
    let mut ct = Ct::new("M1").unwrap();
    ct.size = 16;
    slices(ct, count).unwrap()
}

fn path(of: &Object) -> String {
    format!("/dicom-web/studies/{}/series/{}", of.study, of.series)
}

async fn ask(house: &House, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path).header(header::ACCEPT, "application/*");
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header(header::HOST, "localhost:8080");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    house.send(request.body(Body::empty()).unwrap()).await
}

/// What each instance says on its own: another way, that keeps nothing.
async fn one_by_one(house: &House, objects: &[&Object]) -> Value {
    let mut all = Vec::new();
    for object in objects {
        let path = format!("{}/instances/{}/metadata", path(object), object.sop);
        all.push(house.get(&path, JSON).await.json()[0].clone());
    }
    Value::Array(all)
}

fn permit(house: &House) -> Permit {
    let actor = Actor::Operator {
        institution: house.institution.clone(),
    };
    decide(&actor, Purpose::Operation, Operation::Retrieve).unwrap()
}

async fn keep(house: &House, of: &Object) -> bool {
    let uid = |text: &str| Uid::new(text).unwrap();
    let (permit, study, series) = (permit(house), uid(&of.study), uid(&of.series));
    let kept = house.retrieve.keep_manifest(&permit, &study, &series);
    kept.await.unwrap();
    let scope = database::Scope {
        study: uid(&of.study),
        series: None,
        sop: None,
    };
    let kept = house.database.manifests(&house.institution, &scope).await;
    !kept.unwrap().is_empty()
}

fn key(house: &House, of: &Object) -> InstanceKey {
    let uid = |text: &str| Uid::new(text).unwrap();
    InstanceKey {
        institution: house.institution.clone(),
        study: uid(&of.study),
        series: uid(&of.series),
        sop: uid(&of.sop),
    }
}

#[tokio::test]
async fn rows_piece_and_tail_say_what_each_instance_says() {
    let house = house().await;
    let objects = series(6);
    let all: Vec<&Object> = objects.iter().collect();
    let odd = [&objects[0], &objects[2], &objects[4]];
    house.stored(&odd.map(Clone::clone)).await;
    let metadata = format!("{}/metadata", path(&objects[0]));
    let study = format!("/dicom-web/studies/{}/metadata", objects[0].study);
    let rows = ask(&house, &metadata, &[]).await;
    assert_eq!(rows.json(), one_by_one(&house, &odd).await, "from rows");
    assert!(keep(&house, &objects[0]).await);

    // Those that come are between those that are kept.
    for n in [5, 1, 3] {
        house.stored(&[objects[n].clone()]).await;
    }
    let expected = one_by_one(&house, &all).await;
    for path in [&metadata, &study] {
        assert_eq!(
            ask(&house, path, &[]).await.json(),
            expected,
            "piece and tail"
        );
    }
    assert!(keep(&house, &objects[0]).await);
    assert_eq!(ask(&house, &metadata, &[]).await.json(), expected, "piece");

    // What is deleted is in the piece still, and never told.
    let versions = house
        .database
        .versions(&key(&house, all[0]).study_key())
        .await;
    let gone: Vec<_> = versions
        .unwrap()
        .into_iter()
        .filter(|version| version.instance == key(&house, all[2]))
        .collect();
    house.database.forget(&gone).await.unwrap();
    let left = [all[0], all[1], all[3], all[4], all[5]];
    let expected = one_by_one(&house, &left).await;
    for path in [&metadata, &study] {
        assert_eq!(
            ask(&house, path, &[]).await.json(),
            expected,
            "after a deletion"
        );
    }
}

#[tokio::test]
async fn an_etag_names_what_the_client_has_rfc_9110_8_8_3() {
    let house = house().await;
    let objects = series(4);
    house.stored(&objects[..3]).await;
    let metadata = format!("{}/metadata", path(&objects[0]));
    let study = format!("/dicom-web/studies/{}/metadata", objects[0].study);
    let open = format!("/api/studies/{}/bootstrap", objects[0].study);
    for path in [metadata, study, open] {
        let first = ask(&house, &path, &[]).await;
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.len() == 34, "{tag}");
        assert_eq!(first.header("cache-control"), "private, no-cache");
        let varies = first.header("vary").to_ascii_lowercase();
        assert!(varies.contains("accept-encoding"), "{varies}");
        let again = ask(&house, &path, &[("if-none-match", &tag)]).await;
        assert_eq!((again.status, again.header("etag")), (304, tag.as_str()));
        assert!(again.body.is_empty());
        let other = ask(&house, &path, &[("if-none-match", "\"another\"")]).await;
        assert_eq!((other.status, &other.body), (200, &first.body));
        // Another representation has another tag.
        let packed = ask(&house, &path, &[("accept-encoding", "gzip")]).await;
        let elsewhere = ask(&house, &path, &[("host", "127.0.0.1:9")]).await;
        for answer in [packed, elsewhere] {
            assert_ne!(answer.header("etag"), tag);
        }
    }
    let one = format!(
        "{}/instances/{}/metadata",
        path(&objects[0]),
        objects[0].sop
    );
    let first = ask(&house, &one, &[]).await;
    assert!(!first.header("etag").is_empty());
    let again = ask(&house, &one, &[("if-none-match", first.header("etag"))]).await;
    assert_eq!((again.status, again.body.len()), (304, 0));

    let metadata = format!("{}/metadata", path(&objects[0]));
    let before = ask(&house, &metadata, &[]).await.header("etag").to_owned();
    keep(&house, &objects[0]).await;
    let same = ask(&house, &metadata, &[("if-none-match", &before)]).await;
    assert_eq!(same.status, 304, "a piece changes nothing");
    house.stored(&objects[3..]).await;
    let grown = ask(&house, &metadata, &[("if-none-match", &before)]).await;
    assert_eq!(
        (grown.status, grown.json().as_array().unwrap().len()),
        (200, 4)
    );
}

#[tokio::test]
async fn an_answer_is_encoded_once_as_the_client_takes_it() {
    let house = house().await;
    let objects = series(5);
    house.stored(&objects).await;
    let metadata = format!("{}/metadata", path(&objects[0]));
    let plain = ask(&house, &metadata, &[]).await;
    assert_eq!(plain.header("content-encoding"), "");
    for (accepted, coding) in [("gzip, deflate, br", "gzip"), ("gzip, zstd", "zstd")] {
        for _ in 0..2 {
            let answer = ask(&house, &metadata, &[("accept-encoding", accepted)]).await;
            let codings: Vec<_> = answer.headers.get_all("content-encoding").iter().collect();
            assert_eq!(codings, [coding]);
            assert!(answer.body.len() < plain.body.len() / 3);
            let mut text = Vec::new();
            match coding {
                "gzip" => flate2::read::GzDecoder::new(&answer.body[..])
                    .read_to_end(&mut text)
                    .map(drop),
                _ => zstd::stream::copy_decode(&answer.body[..], &mut text),
            }
            .unwrap();
            assert_eq!(text, plain.body);
        }
    }
}

#[tokio::test]
async fn bulk_data_is_named_by_the_address_that_the_client_uses() {
    let house = house().await;
    let objects = series(3);
    house.stored(&objects).await;
    keep(&house, &objects[0]).await;
    let metadata = format!("{}/metadata", path(&objects[0]));
    for (headers, base) in [
        (&[][..], "http://localhost:8080"),
        (
            &[("forwarded", "proto=https;host=pacs.example")][..],
            "https://pacs.example",
        ),
        (
            &[("x-forwarded-prefix", "/imaging")][..],
            "http://localhost:8080/imaging",
        ),
    ] {
        let answer = ask(&house, &metadata, headers).await.json();
        for (record, object) in answer.as_array().unwrap().iter().zip(&objects) {
            let instance = format!("{base}{}/instances/{}", path(object), object.sop);
            assert_eq!(
                record["7FE00010"]["BulkDataURI"],
                format!("{instance}/bulkdata/7FE00010")
            );
        }
    }
}

#[tokio::test]
async fn a_study_opens_in_one_request() {
    let house = house().await;
    let first = series(2);
    let mut second = Ct::new("M1").unwrap();
    second.study = first[0].study.clone();
    second.size = 16;
    let second = slices(second, 3).unwrap();
    house.stored(&first).await;
    house.stored(&second).await;
    let open = format!("/api/studies/{}/bootstrap", first[0].study);
    let answer = ask(&house, &open, &[]).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "application/json")
    );
    let answer = answer.json();
    let uid = |record: &Value, tag: &str| record[tag]["Value"][0].as_str().unwrap().to_owned();
    assert_eq!(uid(&answer["study"], "0020000D"), first[0].study);
    assert_eq!(answer["study"]["00201208"]["Value"][0], 5);
    let listed: Vec<_> = answer["series"].as_array().unwrap().iter().collect();
    assert_eq!(listed.len(), 2);
    assert_eq!(
        uid(listed[0], "0020000E"),
        answer["shown"].as_str().unwrap()
    );
    let url = format!(
        "http://localhost:8080/dicom-web/studies/{}/series/",
        first[0].study
    );
    assert!(uid(listed[0], "00081190").starts_with(&url));
    for of in [&first, &second] {
        let asked = format!("{open}?series={}", of[0].series);
        let answer = ask(&house, &asked, &[]).await.json();
        assert_eq!(answer["shown"], Value::from(of[0].series.as_str()));
        let objects: Vec<&Object> = of.iter().collect();
        assert_eq!(answer["metadata"], one_by_one(&house, &objects).await);
    }
    let strange = format!("{open}?series=1.2.3");
    assert_eq!(
        ask(&house, &strange, &[]).await.json()["shown"],
        answer["shown"]
    );
    assert_eq!(
        ask(&house, "/api/studies/1.2.3/bootstrap", &[])
            .await
            .status,
        404
    );
    assert_eq!(
        ask(&house, &format!("{open}?series=x"), &[]).await.status,
        400
    );
    let guarded = House::new(|_| {}).await;
    assert_eq!(ask(&guarded, &open, &[]).await.status, 401);
}
