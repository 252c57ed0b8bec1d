//! WADO-RS (PS3.18 §10.4).

use testkit::fixture::{Ct, Object, Syntax, slices, split};

use crate::house::House;

const AS_STORED: &str = "multipart/related; type=\"application/dicom\"; transfer-syntax=*";

fn ct(patient_id: &str) -> Ct {
    let mut ct = Ct::new(patient_id).unwrap();
    ct.size = 16;
    ct
}

fn path(object: &Object) -> String {
    let Object {
        study, series, sop, ..
    } = object;
    format!("/dicom-web/studies/{study}/series/{series}/instances/{sop}")
}

#[tokio::test]
async fn objects_come_back_byte_for_byte() {
    let house = House::dev().await;
    for syntax in [Syntax::Explicit, Syntax::Implicit, Syntax::Big] {
        let mut first = ct("R1");
        first.syntax = syntax;
        let objects = slices(first, 3).unwrap();
        house.stored(&objects).await;
        let study = format!("/dicom-web/studies/{}", objects[0].study);
        let series = format!("{study}/series/{}", objects[0].series);
        for (path, count) in [(study, 3), (series, 3), (path(&objects[1]), 1)] {
            let answer = house.get(&path, AS_STORED).await;
            assert_eq!(
                answer.status,
                200,
                "{}",
                String::from_utf8_lossy(&answer.body)
            );
            let content_type = answer.header("content-type");
            assert!(
                content_type
                    .starts_with("multipart/related; type=\"application/dicom\"; boundary=")
            );
            let parts = answer.parts();
            assert_eq!(parts.len(), count);
            for part in parts {
                let (syntax, dataset) = split(&part.body).unwrap();
                let stored = objects
                    .iter()
                    .find(|object| object.dataset == dataset)
                    .unwrap();
                assert_eq!(syntax, stored.transfer_syntax);
                let content_type = format!("application/dicom; transfer-syntax={syntax}");
                assert_eq!(part.header("content-type"), Some(content_type.as_str()));
                let location = format!("http://localhost:8080{}", self::path(stored));
                assert_eq!(part.header("content-location"), Some(location.as_str()));
            }
        }
    }
}

#[tokio::test]
async fn one_object_comes_without_wrapping_and_big_endian_becomes_little() {
    let house = House::dev().await;
    let mut first = ct("R2");
    first.syntax = Syntax::Big;
    let object = first.object();
    house.stored(std::slice::from_ref(&object)).await;
    let answer = house.get(&path(&object), "application/dicom").await;
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    assert_eq!(
        answer.header("content-type"),
        "application/dicom; transfer-syntax=1.2.840.10008.1.2.1"
    );
    assert_eq!(
        answer.header("content-length"),
        answer.body.len().to_string()
    );
    let (syntax, dataset) = split(&answer.body).unwrap();
    assert_eq!(syntax, "1.2.840.10008.1.2.1");
    first.syntax = Syntax::Explicit;
    let pixels = first.object().dataset;
    assert!(dataset.ends_with(&pixels[pixels.len() - 512..]));
}

#[tokio::test]
async fn metadata_names_its_pixels() {
    let house = House::dev().await;
    let objects = slices(ct("R3"), 2).unwrap();
    house.stored(&objects).await;
    let series = format!(
        "/dicom-web/studies/{}/series/{}",
        objects[0].study, objects[0].series
    );
    let answer = house
        .get(&format!("{series}/metadata"), "application/json")
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/dicom+json");
    let body = answer.json();
    assert_eq!(body.as_array().unwrap().len(), 2);
    assert_eq!(body[0]["00100010"]["Value"][0]["Ideographic"], "张^伟");
    let uri = body[1]["7FE00010"]["BulkDataURI"].as_str().unwrap();
    assert_eq!(
        uri,
        format!(
            "http://localhost:8080{}/bulkdata/7FE00010",
            path(&objects[1])
        )
    );
    let local = uri.strip_prefix("http://localhost:8080").unwrap();
    let single = house.get(local, "application/octet-stream").await;
    assert_eq!(single.status, 200);
    assert!(objects[1].dataset.ends_with(&single.body));
    let parts = house.get(local, "*/*").await.parts();
    assert_eq!(parts[0].body, single.body);
    let absent = format!("{}/bulkdata/00420011", path(&objects[1]));
    assert_eq!(house.get(&absent, "*/*").await.status, 404);
}

#[tokio::test]
async fn frames_come_in_the_order_asked() {
    let house = House::dev().await;
    let object = ct("R4").object();
    house.stored(std::slice::from_ref(&object)).await;
    let pixels = &object.dataset[object.dataset.len() - 512..];
    let frames = format!("{}/frames", path(&object));
    let accept = "multipart/related; type=application/octet-stream; transfer-syntax=*";
    let parts = house.get(&format!("{frames}/1,1"), accept).await.parts();
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[1].body, pixels);
    let content_type = "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1";
    assert_eq!(parts[0].header("content-type"), Some(content_type));
    let single = house
        .get(&format!("{frames}/1"), "application/octet-stream")
        .await;
    assert_eq!(single.body, pixels);
    for (list, status) in [("0", 400), ("x", 400), ("2", 404), ("1,2", 404)] {
        assert_eq!(
            house.get(&format!("{frames}/{list}"), accept).await.status,
            status,
            "{list}"
        );
    }
    assert_eq!(
        house.get(&format!("{frames}/1"), "image/jpeg").await.status,
        406
    );
}

#[tokio::test]
async fn an_image_is_rendered() {
    let house = House::dev().await;
    let object = ct("R5").object();
    house.stored(std::slice::from_ref(&object)).await;
    for (query, accept, kind, magic) in [
        ("rendered", "*/*", "image/jpeg", &b"\xff\xd8"[..]),
        (
            "rendered?window=40,400&viewport=8,8",
            "image/png",
            "image/png",
            b"\x89PNG",
        ),
        (
            "frames/1/rendered?accept=image/png",
            "multipart/related",
            "image/png",
            b"\x89PNG",
        ),
    ] {
        let answer = house
            .get(&format!("{}/{query}", path(&object)), accept)
            .await;
        assert_eq!(
            answer.status,
            200,
            "{query}: {}",
            String::from_utf8_lossy(&answer.body)
        );
        assert_eq!(answer.header("content-type"), kind);
        assert!(answer.body.starts_with(magic));
    }
    for (query, status) in [
        ("rendered?window=1", 400),
        ("frames/2/rendered", 404),
        ("frames/1,x/rendered", 400),
    ] {
        let answer = house
            .get(&format!("{}/{query}", path(&object)), "*/*")
            .await;
        assert_eq!(answer.status, status, "{query}");
    }
}

#[tokio::test]
async fn a_thumbnail_stands_for_whatever_is_named() {
    let house = House::dev().await;
    let object = ct("R8").object();
    house.stored(std::slice::from_ref(&object)).await;
    let study = format!("/dicom-web/studies/{}", object.study);
    let series = format!("{study}/series/{}", object.series);
    let instance = path(&object);
    let frame = format!("{instance}/frames/1");
    for path in [&study, &series, &instance, &frame] {
        for (accept, magic) in [("*/*", &b"\xff\xd8"[..]), ("image/png", b"\x89PNG")] {
            let answer = house.get(&format!("{path}/thumbnail"), accept).await;
            assert_eq!(answer.status, 200, "{path}");
            assert!(answer.body.starts_with(magic), "{path}");
        }
    }
    let small = format!("{study}/thumbnail?viewport=7,7&accept=image/png");
    let small = house.get(&small, "*/*").await;
    assert_eq!(small.body[16..24], [0, 0, 0, 7, 0, 0, 0, 7]);
    for (path, status) in [
        (format!("{study}/thumbnail?viewport=0"), 400),
        (format!("{instance}/frames/2/thumbnail"), 404),
        (format!("{instance}/frames/1,1/thumbnail"), 400),
        (format!("{study}/series/1.2.3/thumbnail"), 404),
        ("/dicom-web/studies/1.2.3/thumbnail".to_owned(), 404),
    ] {
        assert_eq!(house.get(&path, "*/*").await.status, status, "{path}");
    }
}

#[tokio::test]
async fn what_has_no_pixels_is_there_but_has_no_thumbnail() {
    let house = House::dev().await;
    let mut object = ct("R9").object();
    let pixel_data = 12 + 2 * 16 * 16;
    object.dataset.truncate(object.dataset.len() - pixel_data);
    house.stored(std::slice::from_ref(&object)).await;
    let study = format!("/dicom-web/studies/{}", object.study);
    let series = format!("{study}/series/{}", object.series);
    for path in [study, series, path(&object)] {
        let answer = house.get(&format!("{path}/thumbnail"), "*/*").await;
        assert_eq!(answer.status, 406, "{path}");
        let said = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(
            said.contains("no pixel data") || said.contains("has pixel data"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn what_is_not_under_its_parent_is_not_there() {
    let house = House::dev().await;
    let (one, other) = (ct("R6").object(), ct("R7").object());
    house.stored(&[one.clone(), other.clone()]).await;
    let wrong = Object {
        study: other.study.clone(),
        ..one.clone()
    };
    for path in [
        path(&wrong),
        format!("{}/metadata", path(&wrong)),
        format!("{}/frames/1", path(&wrong)),
        format!("{}/rendered", path(&wrong)),
        "/dicom-web/studies/1.2.3".to_owned(),
        "/dicom-web/studies/1.2.3/metadata".to_owned(),
    ] {
        assert_eq!(house.get(&path, "*/*").await.status, 404, "{path}");
    }
    assert_eq!(house.get("/dicom-web/studies/x", "*/*").await.status, 400);
    assert_eq!(house.get(&path(&one), "text/html").await.status, 406);
}
