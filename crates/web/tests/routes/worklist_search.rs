//! UPS-RS (PS3.18 chapter 11): searching the worklist, following it, and who may.

use serde_json::Value;

use crate::{
    house::House,
    worklist::{TRANSACTION, ask, change, code, created, element, with, workitem},
};

const ALL: &str = "1.2.840.10008.5.1.4.34.5";
const FILTERED: &str = "1.2.840.10008.5.1.4.34.5.1";

/// PS3.18 §11.9, §8.3.4.
#[tokio::test]
async fn the_worklist_is_searched_as_studies_are() {
    let house = House::dev().await;
    for (uid, start, station) in [
        ("1.1", "20260701120000", "CT1"),
        ("1.2", "20260701130000", "CT2"),
        ("1.3", "20260702080000", "CT1"),
    ] {
        let item = with(workitem(), "00404005", element("DT", start));
        created(
            &house,
            uid,
            with(item, "00404025", element("SQ", code(station))),
        )
        .await;
    }
    assert_eq!(
        change(&house, "1.2", "IN PROGRESS", TRANSACTION)
            .await
            .status,
        200
    );
    let found = async |query: &str| -> Vec<String> {
        let answer = ask(&house, "GET", &format!("/workitems{query}"), None).await;
        if answer.status == 204 {
            return Vec::new();
        }
        assert_eq!(answer.status, 200, "{query}: {answer:?}");
        let found = answer.json();
        let uid = |one: &Value| one["00080018"]["Value"][0].as_str().unwrap().to_owned();
        found.as_array().unwrap().iter().map(uid).collect()
    };
    assert_eq!(found("").await, ["1.1", "1.2", "1.3"], "by start");
    assert_eq!(found("?ProcedureStepState=SCHEDULED").await, ["1.1", "1.3"]);
    assert_eq!(found("?ProcedureStepState=IN%20PROGRESS").await, ["1.2"]);
    let start = "ScheduledProcedureStepStartDateTime";
    assert_eq!(
        found(&format!("?{start}=20260701-20260701")).await,
        ["1.1", "1.2"]
    );
    assert_eq!(
        found(&format!("?{start}=2026070113-")).await,
        ["1.2", "1.3"]
    );
    assert_eq!(
        found("?ScheduledStationNameCodeSequence.CodeValue=CT1").await,
        ["1.1", "1.3"]
    );
    assert_eq!(found("?00404025.00080100=CT2").await, ["1.2"]);
    assert_eq!(
        found("?PatientName=*%E5%BC%A0%E4%B8%89*&PatientID=P1&limit=1").await,
        ["1.1"]
    );
    assert_eq!(
        found("?PatientName=san%20zh&fuzzymatching=true&offset=2").await,
        ["1.3"]
    );
    assert!(found("?PatientID=P2").await.is_empty());
    let page = ask(&house, "GET", "/workitems?limit=2", None).await;
    assert!(page.header("warning").starts_with("299 ") && page.header("warning").contains("more"));
    assert_eq!(
        ask(&house, "GET", "/workitems?PatientNam=x", None)
            .await
            .status,
        400
    );
    assert_eq!(
        ask(&house, "GET", "/workitems?limit=-1", None).await.status,
        400
    );
    // Return keys of type 1 and 2 come unasked; others when asked for (PS3.18 §11.9.2).
    let first = ask(&house, "GET", "/workitems?limit=1", None).await.json()[0].clone();
    assert!(first.get("00741204").is_some() && first.get("00404021").is_some());
    assert!(first.get("00741216").is_none() && first.get("00081195").is_none());
    let all = ask(
        &house,
        "GET",
        "/workitems?limit=1&includefield=00741216",
        None,
    )
    .await;
    assert!(all.json()[0].get("00741216").is_some());
}

/// PS3.18 §11.10–§11.12.
#[tokio::test]
async fn subscriptions_are_made_suspended_and_ended() {
    let house = House::dev().await;
    created(&house, "1.1", workitem()).await;
    let to = async |method: &str, path: &str| {
        ask(&house, method, &format!("/workitems/{path}"), None).await
    };
    let made = to("POST", "1.1/subscribers/READER%201?deletionlock=true").await;
    assert_eq!(made.status, 201);
    assert_eq!(
        made.header("content-location"),
        "ws://localhost:8080/dicom-web/ws/subscribers/READER%201"
    );
    assert_eq!(to("POST", "1.9/subscribers/READER").await.status, 404);
    assert_eq!(
        to("POST", "1.1/subscribers/READER?deletionlock=maybe")
            .await
            .status,
        400
    );
    assert_eq!(
        to("POST", "1.1/subscribers/A%5CB").await.status,
        400,
        "no AE title"
    );
    assert_eq!(
        to("POST", &format!("{FILTERED}/subscribers/READER"))
            .await
            .status,
        400
    );
    let filtered = format!(
        "{FILTERED}/subscribers/READER?filter=PatientID=P1,ProcedureStepState=SCHEDULED,COMPLETED"
    );
    assert_eq!(to("POST", &filtered).await.status, 201);
    assert_eq!(
        to("POST", &format!("{ALL}/subscribers/READER"))
            .await
            .status,
        201
    );
    assert_eq!(
        to("POST", "1.1/subscribers/READER/suspend").await.status,
        400
    );
    assert_eq!(
        to("POST", &format!("{ALL}/subscribers/READER/suspend"))
            .await
            .status,
        200
    );
    assert_eq!(
        to("POST", &format!("{ALL}/subscribers/READER/suspend"))
            .await
            .status,
        404
    );
    assert_eq!(to("DELETE", "1.1/subscribers/READER").await.status, 200);
    assert_eq!(to("DELETE", "1.1/subscribers/READER").await.status, 404);
    assert_eq!(to("DELETE", "1.1/subscribers/READER%201").await.status, 200);
    assert_eq!(
        to("DELETE", &format!("{ALL}/subscribers/NOBODY"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn nobody_uses_the_worklist_without_signing_in() {
    let house = House::new(|_| {}).await;
    for (method, path) in [
        ("POST", "/workitems"),
        ("GET", "/workitems"),
        ("GET", "/workitems/1.2"),
        ("POST", "/workitems/1.2"),
        ("PUT", "/workitems/1.2/state"),
        ("POST", "/workitems/1.2/cancelrequest"),
        ("POST", "/workitems/1.2/subscribers/A"),
        ("DELETE", "/workitems/1.2/subscribers/A"),
        ("POST", "/workitems/1.2/subscribers/A/suspend"),
        ("GET", "/ws/subscribers/A"),
    ] {
        let answer = ask(&house, method, path, None).await;
        assert_eq!(answer.status, 401, "{method} {path}");
    }
}

/// RFC 9110 §15.5.22.
#[tokio::test]
async fn who_asks_for_no_web_socket_learns_to() {
    let house = House::dev().await;
    let answer = ask(&house, "GET", "/ws/subscribers/A", None).await;
    assert_eq!(answer.status, 426);
    assert_eq!(answer.header("upgrade"), "websocket");
}
