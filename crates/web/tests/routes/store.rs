//! STOW-RS (PS3.18 §10.5).

use testkit::fixture::Ct;

use crate::house::House;

fn ct(patient_id: &str) -> Ct {
    let mut ct = Ct::new(patient_id).unwrap();
    ct.size = 16;
    ct
}

#[tokio::test]
async fn what_is_stored_is_named_with_its_address() {
    let house = House::dev().await;
    let object = ct("S1").object();
    let answer = house.store("/dicom-web/studies", &[&object.file()]).await;
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    assert_eq!(answer.header("content-type"), "application/dicom+json");
    let study = format!("http://localhost:8080/dicom-web/studies/{}", object.study);
    let body = answer.json();
    assert_eq!(body["00081190"]["Value"][0], study);
    let item = &body["00081199"]["Value"][0];
    assert_eq!(item["00081150"]["Value"][0], object.sop_class);
    assert_eq!(item["00081155"]["Value"][0], object.sop);
    let instance = format!("{study}/series/{}/instances/{}", object.series, object.sop);
    assert_eq!(item["00081190"]["Value"][0], instance);
}

#[tokio::test]
async fn a_bad_object_fails_alone_and_leaves_nothing() {
    let house = House::dev().await;
    let (good, cut) = (ct("S2").object(), ct("S3").object());
    let file = cut.file();
    let broken = &file[..file.len() - 100];
    let answer = house
        .store(
            "/dicom-web/studies",
            &[broken, &good.file(), b"no DICOM at all"],
        )
        .await;
    assert_eq!(
        answer.status,
        202,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    let body = answer.json();
    let failed = &body["00081198"]["Value"][0];
    assert_eq!(failed["00081155"]["Value"][0], cut.sop);
    assert_eq!(failed["00081197"]["Value"][0], 0xC000);
    let comment = failed["00000902"]["Value"][0].as_str().unwrap();
    assert!(comment.starts_with("data set ends at byte"), "{comment}");
    assert_eq!(body["0008119A"]["Value"][0]["00081197"]["Value"][0], 0xC000);
    assert_eq!(body["00081199"]["Value"].as_array().unwrap().len(), 1);
    let path = format!("/dicom-web/studies?StudyInstanceUID={}", cut.study);
    assert_eq!(house.get(&path, "*/*").await.status, 204);
}

#[tokio::test]
async fn nothing_stored_is_a_conflict() {
    let house = House::dev().await;
    let answer = house
        .store("/dicom-web/studies", &[b"no DICOM at all"])
        .await;
    assert_eq!(answer.status, 409);
    assert!(answer.json()["00081199"].is_null());
}

#[tokio::test]
async fn an_object_of_another_study_is_refused() {
    let house = House::dev().await;
    let object = ct("S4").object();
    let answer = house
        .store("/dicom-web/studies/1.2.3", &[&object.file()])
        .await;
    assert_eq!(answer.status, 409);
    let failed = &answer.json()["00081198"]["Value"][0];
    assert_eq!(failed["00081197"]["Value"][0], 0xA900);
    assert_eq!(failed["00081155"]["Value"][0], object.sop);
    let own = format!("/dicom-web/studies/{}", object.study);
    assert_eq!(house.store(&own, &[&object.file()]).await.status, 200);
}

/// PS3.18 Table 10.5.3-1: what can be named stands in FailedSOPSequence, whatever it lacks.
#[tokio::test]
async fn an_object_without_a_study_is_named() {
    let house = House::dev().await;
    let object = ct("S10").object();
    let mut file = object.file();
    // (0020,000D) of length 0: explicit VR little endian, before its value.
    let key = [0x20, 0x00, 0x0D, 0x00, b'U', b'I'];
    let at = file.windows(6).position(|bytes| bytes == key).unwrap();
    let length = usize::from(u16::from_le_bytes([file[at + 6], file[at + 7]]));
    file.splice(at + 6..at + 8 + length, [0, 0]);
    let answer = house.store("/dicom-web/studies", &[&file]).await;
    assert_eq!(answer.status, 409);
    let failed = &answer.json()["00081198"]["Value"][0];
    assert_eq!(failed["00081155"]["Value"][0], object.sop);
    assert_eq!(failed["00081197"]["Value"][0], 0xC000);
    let comment = "Study Instance UID (0020,000D) is missing or empty";
    assert_eq!(failed["00000902"]["Value"][0], comment);
}

#[tokio::test]
async fn a_resend_is_no_error() {
    let house = House::dev().await;
    let object = ct("S5").object();
    house.stored(std::slice::from_ref(&object)).await;
    house.stored(&[object]).await;
}

#[tokio::test]
async fn a_single_file_needs_no_wrapping() {
    let house = House::dev().await;
    let file = ct("S6").object().file();
    let answer = house
        .post("/dicom-web/studies", "application/dicom", file)
        .await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_body_that_breaks_off_tells_what_was_stored() {
    let house = House::dev().await;
    let (first, second) = (ct("S7").object().file(), ct("S8").object().file());
    let mut body = testkit::multipart::stow_body(&[&first, &second]);
    body.truncate(body.len() - 200);
    let path = "/dicom-web/studies";
    let answer = house.post(path, testkit::multipart::STOW_TYPE, body).await;
    assert_eq!(answer.status, 202);
    assert_eq!(
        answer.json()["00081199"]["Value"].as_array().unwrap().len(),
        1
    );
    let answer = house
        .post(path, testkit::multipart::STOW_TYPE, b"--x".to_vec())
        .await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn what_is_no_store_request_is_told_so() {
    let house = House::new(|settings| {
        settings.dev = true;
        settings.max_stow_bytes = 1000;
    })
    .await;
    let path = "/dicom-web/studies";
    for content_type in [
        "application/json",
        "multipart/form-data; boundary=x",
        "multipart/related",
        "multipart/related; type=\"application/pdf\"; boundary=x",
    ] {
        let answer = house.post(path, content_type, b"--x--".to_vec()).await;
        assert_eq!(answer.status, 415, "{content_type}");
    }
    let long = house.store(path, &[&ct("S9").object().file()]).await;
    assert_eq!(long.status, 413);
    assert_eq!(
        house.store("/dicom-web/studies/1..2", &[b""]).await.status,
        400
    );
}
