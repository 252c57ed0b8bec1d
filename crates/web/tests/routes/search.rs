//! QIDO-RS (PS3.18 §10.6).

use axum::{
    body::Body,
    http::{Request, header},
};
use testkit::fixture::{Ct, slices};

use crate::house::House;

const JSON: &str = "application/dicom+json";

fn ct(patient_id: &str) -> Ct {
    let mut ct = Ct::new(patient_id).unwrap();
    ct.size = 16;
    ct
}

#[tokio::test]
async fn studies_are_found_by_name_id_and_uid() {
    let house = House::dev().await;
    let first = ct("Q1");
    house.stored(&slices(first.clone(), 3).unwrap()).await;
    house.stored(&[ct("Q2").object()]).await;
    for query in [
        "PatientID=Q1".to_owned(),
        "00100020=Q1&limit=5".to_owned(),
        format!("StudyInstanceUID={}", first.study),
        format!("0020000D={},1.2.3", first.study),
        "PatientName=*%E5%BC%A0*&PatientID=Q1".to_owned(),
        "PatientName=zhang*&PatientID=*1".to_owned(),
    ] {
        let answer = house
            .get(&format!("/dicom-web/studies?{query}"), JSON)
            .await;
        assert_eq!(answer.status, 200, "{query}");
        assert_eq!(answer.header("content-type"), JSON);
        let body = answer.json();
        assert_eq!(body.as_array().unwrap().len(), 1, "{query}: {body}");
        assert_eq!(body[0]["0020000D"]["Value"][0], first.study);
        assert_eq!(body[0]["00100010"]["Value"][0]["Ideographic"], "张^伟");
        assert_eq!(body[0]["00201208"]["Value"][0], 3);
        let url = format!("http://localhost:8080/dicom-web/studies/{}", first.study);
        assert_eq!(body[0]["00081190"]["Value"][0], url);
    }
}

/// Nobody knows whose they are: none may carry the name of another (PS3.3 C.7.1.1, Patient ID is type 2).
#[tokio::test]
async fn studies_without_a_patient_id_are_of_a_patient_each() {
    let house = House::dev().await;
    let studies = [b"Alpha^One".as_slice(), b"Beta^Two", b""].map(|name| Ct {
        name: name.to_vec(),
        ..ct("")
    });
    for study in &studies {
        house.stored(&[study.object()]).await;
    }
    for study in &studies {
        let query = format!("/dicom-web/studies?StudyInstanceUID={}", study.study);
        let found = house.get(&query, JSON).await.json();
        let name = &found[0]["00100010"]["Value"][0]["Alphabetic"];
        assert_eq!(
            name.as_str().unwrap_or_default().as_bytes(),
            study.name,
            "{found}"
        );
        assert!(found[0]["00100021"]["Value"].is_null(), "{found}");
    }
    let patients = house.get("/dicom-web/patients", JSON).await.json();
    assert_eq!(patients.as_array().unwrap().len(), 3, "{patients}");
}

#[tokio::test]
async fn nothing_found_is_204_without_a_body() {
    let house = House::dev().await;
    let answer = house.get("/dicom-web/studies?PatientID=nobody", JSON).await;
    assert_eq!((answer.status, answer.body.len()), (204, 0));
}

#[tokio::test]
async fn series_and_instances_are_found_in_their_parents_and_everywhere() {
    let house = House::dev().await;
    let first = ct("Q3");
    let objects = slices(first.clone(), 3).unwrap();
    house.stored(&objects).await;
    house.stored(&[ct("Q4").object()]).await;
    let (study, series) = (&first.study, &first.series);
    for (path, count, parent) in [
        ("/series".to_owned(), 2, true),
        ("/instances".to_owned(), 4, true),
        ("/series?PatientID=Q3".to_owned(), 1, true),
        (format!("/studies/{study}/series"), 1, false),
        (format!("/studies/{study}/instances"), 3, false),
        (
            format!("/studies/{study}/series/{series}/instances"),
            3,
            false,
        ),
        (
            format!(
                "/studies/{study}/series/{series}/instances?SOPInstanceUID={}",
                first.sop
            ),
            1,
            false,
        ),
    ] {
        let answer = house.get(&format!("/dicom-web{path}"), JSON).await;
        assert_eq!(answer.status, 200, "{path}");
        let body = answer.json();
        assert_eq!(body.as_array().unwrap().len(), count, "{path}");
        assert_eq!(
            body[0].get("00100020").is_some(),
            parent,
            "{path}: {}",
            body[0]
        );
        assert!(body[0]["0020000E"]["Value"][0].is_string(), "{path}");
    }
    let path = format!("/dicom-web/studies/{study}/series/1.2.3/instances");
    assert_eq!(house.get(&path, JSON).await.status, 204);
}

#[tokio::test]
async fn pages_do_not_overlap_and_say_when_there_is_more() {
    let house = House::dev().await;
    for id in ["Q5", "Q6", "Q7"] {
        house.stored(&[ct(id).object()]).await;
    }
    let mut seen = std::collections::BTreeSet::new();
    for offset in 0..3 {
        let path = format!("/dicom-web/studies?limit=1&offset={offset}");
        let answer = house.get(&path, JSON).await;
        let warned = answer.header("warning").starts_with("299 ");
        assert_eq!(warned, offset < 2, "{offset}");
        seen.insert(answer.json()[0]["00100020"]["Value"][0].to_string());
    }
    assert_eq!(seen.len(), 3);
    assert_eq!(
        house
            .get("/dicom-web/studies?limit=1&offset=3", JSON)
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn more_attributes_come_when_asked() {
    let house = House::dev().await;
    house.stored(&[ct("Q8").object()]).await;
    let plain = house.get("/dicom-web/series", JSON).await.json();
    assert!(plain[0].get("00280010").is_none());
    let path = "/dicom-web/instances?includefield=00080008%2CSliceThickness&includefield=ImageType";
    assert_eq!(house.get(path, JSON).await.status, 200);
    let all = house
        .get("/dicom-web/instances?includefield=all", JSON)
        .await
        .json();
    let plain = house.get("/dicom-web/instances", JSON).await.json();
    let size = |value: &serde_json::Value| value[0].as_object().unwrap().len();
    assert!(size(&all) >= size(&plain));
}

#[tokio::test]
async fn what_cannot_be_meant_is_400_and_what_cannot_be_made_406() {
    let house = House::dev().await;
    for query in [
        "limit=x",
        "offset=-1",
        "PatientNam=x",
        "StudyDate=tomorrow",
        "fuzzymatching=1",
    ] {
        let answer = house
            .get(&format!("/dicom-web/studies?{query}"), JSON)
            .await;
        assert_eq!(answer.status, 400, "{query}");
        assert!(answer.json()["message"].is_string());
    }
    assert_eq!(
        house.get("/dicom-web/studies/x/series", JSON).await.status,
        400
    );
    assert_eq!(
        house
            .get("/dicom-web/studies", "application/dicom+xml")
            .await
            .status,
        406
    );
    let mixed = "multipart/related; type=\"application/dicom+xml\", application/dicom+json;q=0.2";
    assert_eq!(house.get("/dicom-web/studies", mixed).await.status, 204);
}

/// RFC 9110 §9.3.2: HEAD says what GET would.
#[tokio::test]
async fn the_head_of_a_search_has_its_tag() {
    let house = House::dev().await;
    house.stored(&[ct("Q9").object()]).await;
    let path = "/dicom-web/studies?PatientID=Q9";
    let get = house.get(path, JSON).await;
    let head = Request::head(path)
        .header(header::HOST, "localhost:8080")
        .header(header::ACCEPT, JSON);
    let head = house.send(head.body(Body::empty()).unwrap()).await;
    assert!(!get.header("etag").is_empty() && head.body.is_empty());
    for name in ["etag", "content-length", "content-type"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}
