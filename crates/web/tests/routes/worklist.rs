//! UPS-RS (PS3.18 chapter 11): what each transaction answers, and the Warnings of its table.

use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::{Value, json};

use crate::house::{Answer, House};

pub(crate) const TRANSACTION: &str = "2.25.777";

pub(crate) async fn ask(house: &House, method: &str, path: &str, body: Option<Value>) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(format!("/dicom-web{path}"))
        .header(header::HOST, "localhost:8080")
        .header(header::CONTENT_TYPE, "application/dicom+json");
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    house.send(request.body(body).unwrap()).await
}

pub(crate) fn element(vr: &str, value: impl Into<Value>) -> Value {
    json!({"vr": vr, "Value": [value.into()]})
}

pub(crate) fn code(value: &str) -> Value {
    json!({
        "00080100": element("SH", value),
        "00080102": element("SH", "99TEST"),
        "00080104": element("LO", value),
    })
}

/// A workitem with all that PS3.4 Table CC.2.5-3 asks for by type 1.
pub(crate) fn workitem() -> Value {
    json!({
        "00100010": element("PN", json!({"Alphabetic": "Zhang^San", "Ideographic": "张^三"})),
        "00100020": element("LO", "P1"),
        "00404005": element("DT", "20260701120000"),
        "00404025": element("SQ", code("CT1")),
        "00404041": element("CS", "READY"),
        "00741000": element("CS", "SCHEDULED"),
        "00741200": element("CS", "MEDIUM"),
        "00741202": element("LO", "Reading"),
        "00741204": element("LO", "Read the chest"),
    })
}

pub(crate) fn with(mut workitem: Value, key: &str, value: Value) -> Value {
    workitem[key] = value;
    workitem
}

pub(crate) async fn created(house: &House, uid: &str, workitem: Value) {
    let answer = ask(house, "POST", &format!("/workitems?{uid}"), Some(workitem)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
}

fn to(state: &str, transaction: &str) -> Option<Value> {
    Some(json!({"00741000": element("CS", state), "00081195": element("UI", transaction)}))
}

pub(crate) async fn change(house: &House, uid: &str, state: &str, transaction: &str) -> Answer {
    let path = format!("/workitems/{uid}/state");
    ask(house, "PUT", &path, to(state, transaction)).await
}

async fn state_of(house: &House, uid: &str) -> Value {
    let answer = ask(house, "GET", &format!("/workitems/{uid}"), None).await;
    assert_eq!(answer.status, 200);
    answer.json()[0]["00741000"]["Value"][0].clone()
}

/// What PS3.4 §CC.2.5.1.1 asks of a completed workitem.
fn performed() -> Value {
    let item = json!({
        "00404019": element("SQ", code("READING")),
        "00404028": element("SQ", code("CT1")),
        "00404033": {"vr": "SQ"},
        "00404050": element("DT", "20260701121000"),
        "00404051": element("DT", "20260701121500"),
    });
    json!({"00741216": element("SQ", item)})
}

#[tokio::test]
async fn a_workitem_is_created_once_and_named_by_location() {
    let house = House::dev().await;
    let answer = ask(&house, "POST", "/workitems?1.2.3", Some(workitem())).await;
    assert_eq!(answer.status, 201);
    assert_eq!(
        answer.header("location"),
        "http://localhost:8080/dicom-web/workitems/1.2.3"
    );
    let warning =
        "299 http://localhost:8080/dicom-web \"The Workitem was created with modifications.\"";
    assert_eq!(
        answer.header("warning"),
        warning,
        "type 2 attributes were added"
    );

    let again = ask(&house, "POST", "/workitems?1.2.3", Some(workitem())).await;
    assert_eq!(again.status, 409, "PS3.18 Table 11.4.3-1");
    let by_parameter = ask(
        &house,
        "POST",
        "/workitems?workitem=1.2.4",
        Some(workitem()),
    )
    .await;
    assert!(
        by_parameter
            .header("location")
            .ends_with("/workitems/1.2.4")
    );
    let named = with(workitem(), "00080018", element("UI", "1.2.5"));
    let by_data_set = ask(&house, "POST", "/workitems", Some(json!([named]))).await;
    assert!(by_data_set.header("location").ends_with("/workitems/1.2.5"));
    let other = ask(&house, "POST", "/workitems?1.2.6", Some(named)).await;
    assert_eq!(other.status, 400, "two names");
    let unnamed = ask(&house, "POST", "/workitems", Some(workitem())).await;
    assert!(unnamed.header("location").contains("/workitems/2.25."));
}

/// PS3.4 Table CC.2.5-3, column N-CREATE.
#[tokio::test]
async fn what_a_workitem_may_not_be_created_from_is_named() {
    let house = House::dev().await;
    let table = [
        ("00741204", json!({"vr": "LO"}), "ProcedureStepLabel"),
        (
            "00741200",
            element("CS", "URGENT"),
            "ScheduledProcedureStepPriority",
        ),
        ("00404041", Value::Null, "00404041"),
        (
            "00404005",
            element("DT", "soon"),
            "ScheduledProcedureStepStartDateTime",
        ),
        (
            "00741000",
            element("CS", "IN PROGRESS"),
            "ProcedureStepState",
        ),
        ("00081195", element("UI", TRANSACTION), "TransactionUID"),
        (
            "00741216",
            performed()["00741216"].clone(),
            "UnifiedProcedureStepPerformedProcedureSequence",
        ),
        (
            "00404025",
            element("SQ", json!({"00080100": element("SH", "CT1")})),
            "ScheduledStationNameCodeSequence",
        ),
        ("00741204", element("SH", "Read"), "00741204"),
        ("zz", element("LO", "x"), "zz"),
        ("00404025", element("SQ", "text"), "00404025"),
        (
            "00404034",
            element("SQ", json!({"00404009": element("SQ", code("A"))})),
            "HumanPerformerName",
        ),
    ];
    for (key, value, named) in table {
        let answer = ask(
            &house,
            "POST",
            "/workitems?1.9",
            Some(with(workitem(), key, value)),
        )
        .await;
        assert_eq!(answer.status, 400, "{key} {named}");
        assert!(
            answer
                .header("warning")
                .starts_with("299 http://localhost:8080/dicom-web \"")
        );
        assert!(answer.header("warning").contains(named), "{answer:?}");
    }
    let text = house
        .post(
            "/dicom-web/workitems",
            "application/dicom+json",
            b"[".to_vec(),
        )
        .await;
    assert_eq!(text.status, 400);
    // PS3.18 §11.4.1.1: a query that names a workitem names it by its UID.
    for query in ["abc", "workitem=abc", "1.2.x"] {
        let path = format!("/workitems?{query}");
        let answer = ask(&house, "POST", &path, Some(workitem())).await;
        assert_eq!(answer.status, 400, "{query}");
    }
    let xml = house
        .post("/dicom-web/workitems", "text/xml", b"<a/>".to_vec())
        .await;
    assert_eq!(xml.status, 415);
    let long = vec![b' '; 2 << 20];
    let long = house
        .post("/dicom-web/workitems", "application/dicom+json", long)
        .await;
    assert_eq!(long.status, 413);
    assert_eq!(
        ask(&house, "GET", "/workitems", None).await.status,
        204,
        "none was made"
    );
}

/// PS3.4 Table CC.1.1-2 over the web: PS3.18 Table 11.7.3-1.
#[tokio::test]
async fn a_workitem_is_claimed_performed_and_completed_by_one() {
    let house = House::dev().await;
    created(&house, "1.2", workitem()).await;
    let early = change(&house, "1.2", "COMPLETED", TRANSACTION).await;
    assert_eq!(early.status, 409, "C310");
    assert_eq!(
        change(&house, "1.2", "IN PROGRESS", TRANSACTION)
            .await
            .status,
        200
    );
    let second = change(&house, "1.2", "IN PROGRESS", "2.25.1").await;
    assert_eq!(second.status, 400, "C301: another holds it");
    assert!(
        second
            .header("warning")
            .ends_with("The Transaction UID is incorrect.\"")
    );
    let empty = change(&house, "1.2", "COMPLETED", TRANSACTION).await;
    assert_eq!(empty.status, 409, "C304");
    let text = empty.json()["message"].to_string();
    assert!(
        text.contains("UnifiedProcedureStepPerformedProcedureSequence"),
        "{text}"
    );
    let again = change(&house, "1.2", "IN PROGRESS", TRANSACTION).await;
    assert_eq!(again.status, 409, "C302");
    assert!(
        again.header("warning").ends_with(
            "The submitted request is inconsistent with the state of the UPS Instance.\""
        )
    );
    let missing = json!({"00741000": element("CS", "COMPLETED")});
    let missing = ask(&house, "PUT", "/workitems/1.2/state", Some(missing)).await;
    assert_eq!(missing.status, 400);
    assert!(
        missing
            .header("warning")
            .ends_with("The Transaction UID is missing.\"")
    );
    assert_eq!(
        change(&house, "1.2", "SCHEDULED", TRANSACTION).await.status,
        409,
        "C303"
    );
    assert_eq!(change(&house, "1.2", "DONE", TRANSACTION).await.status, 400);
    assert_eq!(
        change(&house, "1.3", "IN PROGRESS", TRANSACTION)
            .await
            .status,
        404,
        "C307"
    );

    let answer = ask(&house, "GET", "/workitems/1.2", None).await;
    let text = String::from_utf8(answer.body).unwrap();
    assert!(
        !text.contains("00081195") && !text.contains(TRANSACTION),
        "never shown"
    );

    assert_eq!(
        change(&house, "1.2", "COMPLETED", TRANSACTION).await.status,
        409,
        "C304"
    );
    for path in [
        "/workitems/1.2?2.25.777",
        "/workitems/1.2?transaction=2.25.777",
    ] {
        let updated = ask(&house, "POST", path, Some(performed())).await;
        assert_eq!((updated.status, updated.header("warning")), (200, ""));
    }
    assert_eq!(
        change(&house, "1.2", "COMPLETED", TRANSACTION).await.status,
        200
    );
    let repeated = change(&house, "1.2", "COMPLETED", TRANSACTION).await;
    assert_eq!(repeated.status, 200, "B306");
    assert!(
        repeated
            .header("warning")
            .ends_with("The UPS is already in the requested state of COMPLETED.\"")
    );
    assert_eq!(
        change(&house, "1.2", "CANCELED", TRANSACTION).await.status,
        409,
        "C300"
    );
    assert_eq!(state_of(&house, "1.2").await, "COMPLETED");
}

/// PS3.18 §11.6.2, Table 11.6.3-1; PS3.4 Table CC.2.5-3, column N-SET.
#[tokio::test]
async fn only_who_holds_a_workitem_changes_it_and_only_what_may_be_changed() {
    let house = House::dev().await;
    created(&house, "1.2", workitem()).await;
    let update = async |query: &str, change: Value| {
        ask(
            &house,
            "POST",
            &format!("/workitems/1.2{query}"),
            Some(change),
        )
        .await
    };
    let urgent = json!({"00741200": element("CS", "HIGH")});
    assert_eq!(update("", urgent.clone()).await.status, 200);
    let unclaimed = update("?2.25.777", urgent.clone()).await;
    assert_eq!(unclaimed.status, 409, "C310");
    assert!(
        unclaimed
            .header("warning")
            .ends_with("The target URI did not reference a claimed Workitem.\"")
    );
    for (key, value) in [
        ("00100010", element("PN", json!({"Alphabetic": "Li^Si"}))),
        ("00741000", element("CS", "COMPLETED")),
        ("00741200", json!({"vr": "CS"})),
        ("00080018", element("UI", "1.3")),
    ] {
        let refused = update("", json!({key: value})).await;
        assert_eq!(refused.status, 400, "{key}");
        assert!(refused.header("warning").starts_with("299 "));
    }
    let same = json!({"00080018": element("UI", "1.2"), "00741204": element("LO", "Read it")});
    assert_eq!(
        update("", same).await.status,
        200,
        "what stays is no change"
    );

    assert_eq!(
        change(&house, "1.2", "IN PROGRESS", TRANSACTION)
            .await
            .status,
        200
    );
    let missing = update("", urgent.clone()).await;
    assert_eq!(missing.status, 400);
    assert!(
        missing
            .header("warning")
            .ends_with("The Transaction UID is missing.\"")
    );
    assert_eq!(update("?2.25.1", urgent.clone()).await.status, 400);
    let inside = json!({"00081195": element("UI", TRANSACTION), "00741200": element("CS", "LOW")});
    assert_eq!(update("", inside).await.status, 200);
    let answer = ask(&house, "GET", "/workitems/1.2", None).await.json();
    assert_eq!(answer[0]["00741200"]["Value"][0], "LOW");
    assert_eq!(answer[0]["00741204"]["Value"][0], "Read it");

    assert_eq!(update("?2.25.777", performed()).await.status, 200);
    assert_eq!(
        change(&house, "1.2", "COMPLETED", TRANSACTION).await.status,
        200
    );
    let late = update("?2.25.777", urgent.clone()).await;
    assert_eq!(late.status, 400, "PS3.18 §11.6.2");
    assert!(late.header("warning").ends_with(
        "The submitted request is inconsistent with the current state of the Workitem.\""
    ));
    assert_eq!(
        ask(&house, "POST", "/workitems/1.3", Some(urgent))
            .await
            .status,
        404
    );
}

/// PS3.18 §11.8, PS3.4 §CC.2.2.3.
#[tokio::test]
async fn a_cancellation_is_done_at_once_passed_on_or_refused() {
    let house = House::dev().await;
    let cancel = async |uid: &str, body: Option<Value>| {
        ask(
            &house,
            "POST",
            &format!("/workitems/{uid}/cancelrequest"),
            body,
        )
        .await
    };
    created(&house, "1.1", workitem()).await;
    let why = json!({"00741238": element("LT", "wrong patient")});
    assert_eq!(cancel("1.1", Some(why)).await.status, 202);
    let canceled = ask(&house, "GET", "/workitems/1.1", None).await.json();
    let progress = &canceled[0]["00741002"]["Value"][0];
    assert_eq!(canceled[0]["00741000"]["Value"][0], "CANCELED");
    assert_eq!(progress["00741238"]["Value"][0], "wrong patient");
    assert_eq!(
        progress["0074100E"]["Value"][0]["00080100"]["Value"][0],
        "110513"
    );
    assert_eq!(
        progress["00404052"]["Value"][0],
        "20260701120000.000000+0000"
    );
    let again = cancel("1.1", None).await;
    assert_eq!(again.status, 202, "B304");
    assert!(
        again
            .header("warning")
            .ends_with("The UPS is already in the requested state of CANCELED.\"")
    );

    created(&house, "1.2", workitem()).await;
    assert_eq!(
        change(&house, "1.2", "IN PROGRESS", TRANSACTION)
            .await
            .status,
        200
    );
    let unheard = cancel("1.2", None).await;
    assert_eq!(unheard.status, 409, "C312");
    assert!(
        unheard
            .header("warning")
            .ends_with("The performer cannot be contacted.\"")
    );
    let followed = ask(&house, "POST", "/workitems/1.2/subscribers/PERFORMER", None).await;
    assert_eq!(followed.status, 201);
    assert_eq!(cancel("1.2", None).await.status, 202);
    assert_eq!(
        state_of(&house, "1.2").await,
        "IN PROGRESS",
        "the performer decides"
    );
    let refused = change(&house, "1.2", "CANCELED", TRANSACTION).await;
    assert_eq!(refused.status, 409, "C304: no reason, no time");
    let item = json!({
        "00404052": element("DT", "20260701121000"),
        "0074100E": element("SQ", code("110513")),
    });
    let reason = json!({"00741002": element("SQ", item)});
    assert_eq!(
        ask(&house, "POST", "/workitems/1.2?2.25.777", Some(reason))
            .await
            .status,
        200
    );
    assert_eq!(
        change(&house, "1.2", "CANCELED", TRANSACTION).await.status,
        200
    );

    created(&house, "1.3", workitem()).await;
    assert_eq!(
        change(&house, "1.3", "IN PROGRESS", TRANSACTION)
            .await
            .status,
        200
    );
    assert_eq!(
        ask(&house, "POST", "/workitems/1.3?2.25.777", Some(performed()))
            .await
            .status,
        200
    );
    assert_eq!(
        change(&house, "1.3", "COMPLETED", TRANSACTION).await.status,
        200
    );
    let late = cancel("1.3", None).await;
    assert_eq!(late.status, 409, "C311");
    assert!(
        late.header("warning")
            .ends_with("The UPS is already COMPLETED.\"")
    );
    assert_eq!(cancel("1.4", None).await.status, 404);
}
