//! UPS-RS in XML (PS3.18 chapter 11, PS3.19 §A.1): what is written in one notation is read in the other.

use axum::{
    body::Body,
    http::{Request, header},
};

use crate::{
    house::{Answer, House},
    worklist::ask,
};

const XML: &str = "application/dicom+xml";

fn attribute(tag: &str, vr: &str, value: &str) -> String {
    format!(
        "<DicomAttribute tag=\"{tag}\" vr=\"{vr}\"><Value number=\"1\">{value}</Value></DicomAttribute>"
    )
}

fn document(attributes: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><NativeDicomModel xml:space=\"preserve\">{attributes}</NativeDicomModel>"
    )
}

/// What PS3.4 Table CC.2.5-3 asks for by type 1.
fn workitem() -> String {
    let name = "<DicomAttribute tag=\"00100010\" vr=\"PN\"><PersonName number=\"1\"><Alphabetic>\
        <FamilyName>Zhang</FamilyName><GivenName>San</GivenName></Alphabetic></PersonName></DicomAttribute>";
    let code = [("00080100", "SH"), ("00080102", "SH"), ("00080104", "LO")]
        .map(|(tag, vr)| attribute(tag, vr, "99TEST"))
        .concat();
    let codes = format!(
        "<DicomAttribute tag=\"00404025\" vr=\"SQ\"><Item number=\"1\">{code}</Item></DicomAttribute>"
    );
    let plain = [
        ("00100020", "LO", "P1"),
        ("00404005", "DT", "20260701120000"),
        ("00404041", "CS", "READY"),
        ("00741000", "CS", "SCHEDULED"),
        ("00741200", "CS", "MEDIUM"),
        ("00741202", "LO", "Reading"),
        ("00741204", "LO", "Read the chest"),
    ]
    .map(|(tag, vr, value)| attribute(tag, vr, value));
    document(&[name, &codes, &plain.concat()].concat())
}

async fn send(house: &House, method: &str, path: &str, kind: &str, body: String) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("/dicom-web{path}"))
        .header(header::HOST, "localhost:8080")
        .header(header::CONTENT_TYPE, kind);
    house.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn a_workitem_is_made_changed_claimed_found_and_given_in_xml() {
    let house = House::dev().await;
    let path = "/workitems/2.25.9";
    let made = send(&house, "POST", "/workitems?2.25.9", XML, workitem()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let label = document(&attribute("00741204", "LO", "Read it again"));
    let changed = send(&house, "POST", path, XML, label).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let claim = [
        attribute("00741000", "CS", "IN PROGRESS"),
        attribute("00081195", "UI", "2.25.777"),
    ];
    let state = format!("{path}/state");
    let claimed = send(&house, "PUT", &state, XML, document(&claim.concat())).await;
    assert_eq!(claimed.status, 200, "{claimed:?}");

    let json = &ask(&house, "GET", path, None).await.json()[0];
    assert_eq!(json["00741204"]["Value"][0], "Read it again");
    assert_eq!(json["00741000"]["Value"][0], "IN PROGRESS");
    assert_eq!(json["00100010"]["Value"][0]["Alphabetic"], "Zhang^San");
    assert_eq!(
        json["00404025"]["Value"][0]["00080102"]["Value"][0],
        "99TEST"
    );

    let given = house.get(&format!("/dicom-web{path}"), XML).await;
    assert_eq!((given.status, given.header("content-type")), (200, XML));
    assert!(!given.header("etag").is_empty());
    let text = String::from_utf8(given.body).unwrap();
    assert!(text.contains("<FamilyName>Zhang</FamilyName>"), "{text}");
    assert!(text.contains(">Read it again</Value>"), "{text}");

    let parts = "multipart/related; type=\"application/dicom+xml\"";
    let found = house.get("/dicom-web/workitems?PatientID=P1", parts).await;
    assert_eq!(found.status, 200);
    let found = found.parts();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].header("content-type"), Some(XML));
    let text = String::from_utf8(found[0].body.clone()).unwrap();
    assert!(text.contains(">2.25.9</Value>"), "{text}");
}

#[tokio::test]
async fn what_is_no_data_set_is_refused() {
    let house = House::dev().await;
    for (kind, body, status) in [
        (XML, "<NativeDicomModel>".to_owned(), 400),
        (XML, "{}".to_owned(), 400),
        ("text/xml", workitem(), 415),
        ("application/dicom+json", workitem(), 400),
    ] {
        let answer = send(&house, "POST", "/workitems", kind, body).await;
        assert_eq!(answer.status, status, "{kind}");
    }
}
