//! The change feed, and subscriptions to it.

use std::time::{Duration, Instant};

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use database::changes::Follow;
use serde_json::{Value, json};
use testkit::fixture::{Ct, Object, slices};

use crate::house::{Answer, House};

async fn house() -> House {
    let hosts = ["hooks.example.org".to_owned()];
    House::new(|settings| {
        settings.dev = true;
        settings.changes.page = 3;
        settings.changes.poll = Duration::from_millis(5);
        settings.webhooks.hosts = webhooks::Hosts::new(hosts);
        settings.webhooks.most = 2;
    })
    .await
}

fn objects(count: u32) -> Vec<Object> {
    let mut ct = Ct::new("F1").unwrap();
    ct.size = 16;
    slices(ct, count).unwrap()
}

async fn sequence(database: &database::Database) {
    let follow = Follow {
        settle: Duration::ZERO,
        longest: Duration::ZERO,
    };
    database.sequence_changes(100, &follow).await.unwrap();
}

async fn feed(house: &House, query: &str) -> Answer {
    house.get(&format!("/api/changes?{query}"), "*/*").await
}

async fn send(house: &House, method: Method, path: &str, body: Option<Value>) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost");
    let request = match body {
        Some(body) => request
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string())),
        None => request.body(Body::empty()),
    };
    house.send(request.unwrap()).await
}

#[tokio::test]
async fn changes_are_read_page_by_page() {
    let house = house().await;
    let empty = feed(&house, "").await.json();
    assert_eq!(empty, json!({"began": null, "last": 0, "changes": []}));
    let objects = objects(5);
    house.stored(&objects).await;
    sequence(&house.database).await;
    let mut seen = Vec::new();
    let mut after = 0;
    loop {
        let page = feed(&house, &format!("after={after}")).await.json();
        assert_eq!(
            (&page["last"], &page["began"]),
            (&json!(5), &json!("2026-07-01T12:00:00Z"))
        );
        let changes = page["changes"].as_array().unwrap().clone();
        let Some(last) = changes.last() else { break };
        assert!(changes.len() <= 3);
        after = last["number"].as_u64().unwrap();
        seen.extend(changes);
    }
    let numbers: Vec<_> = seen
        .iter()
        .map(|change| change["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    let stored: std::collections::BTreeSet<&str> = objects.iter().map(|o| o.sop.as_str()).collect();
    let told: std::collections::BTreeSet<&str> = seen
        .iter()
        .map(|change| change["instance"].as_str().unwrap())
        .collect();
    assert_eq!(told, stored);
    let keys: Vec<_> = seen[0].as_object().unwrap().keys().cloned().collect();
    let expected = [
        "number",
        "kind",
        "institution",
        "study",
        "series",
        "instance",
        "at",
    ];
    assert_eq!(keys, expected, "nothing else is told");
    assert_eq!(
        feed(&house, "limit=2").await.json()["changes"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_number_that_is_not_kept_is_410_and_what_cannot_be_read_400() {
    let house = house().await;
    house.stored(&objects(2)).await;
    sequence(&house.database).await;
    let gone = feed(&house, "after=9").await;
    assert_eq!(
        (gone.status, gone.json()["code"].clone()),
        (410, json!("changes_gone"))
    );
    let message = gone.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("after change 2"), "{message}");
    for bad in [
        "after=x",
        "after=-1",
        "limit=0",
        "limit=x",
        "wait=x",
        "nonsense=1",
        "after=99999999999999999999",
        "after=18446744073709551615",
    ] {
        assert_eq!(feed(&house, bad).await.status, 400, "{bad}");
    }
    let guarded = House::new(|_| {}).await;
    assert_eq!(feed(&guarded, "").await.status, 401);
}

#[tokio::test]
async fn a_reader_may_wait_for_a_change() {
    let house = house().await;
    let began = Instant::now();
    let empty = feed(&house, "wait=1").await.json();
    assert!(empty["changes"].as_array().unwrap().is_empty());
    assert!(began.elapsed() >= Duration::from_secs(1));
    let objects = objects(1);
    let (waited, ()) = tokio::join!(feed(&house, "wait=10"), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        house.stored(&objects).await;
        sequence(&house.database).await;
    });
    assert_eq!(waited.json()["changes"][0]["number"], 1);
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn subscriptions_are_made_listed_and_ended() {
    let house = house().await;
    let url = "https://hooks.example.org/a";
    let made = send(
        &house,
        Method::POST,
        "/api/webhooks",
        Some(json!({"url": url})),
    )
    .await;
    assert_eq!(made.status, 201);
    let made = made.json();
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    let id = made["id"].as_str().unwrap();
    let listed = send(&house, Method::GET, "/api/webhooks", None)
        .await
        .json();
    assert_eq!(
        (&listed[0]["id"], &listed[0]["url"]),
        (&json!(id), &json!(url))
    );
    let text = listed.to_string();
    assert!(
        !text.contains("secret") && !text.contains("whsec"),
        "{text}"
    );
    for (bad, status) in [
        (json!({"url": "http://hooks.example.org/a"}), 400),
        (json!({"url": "https://169.254.169.254/latest"}), 400),
        (json!({"url": url, "more": 1}), 400),
        (json!({}), 400),
    ] {
        let answer = send(&house, Method::POST, "/api/webhooks", Some(bad.clone())).await;
        assert_eq!(answer.status, status, "{bad}");
    }
    let second = json!({"url": "https://hooks.example.org/b"});
    let made = send(&house, Method::POST, "/api/webhooks", Some(second.clone())).await;
    assert_eq!(made.status, 201);
    let third = send(&house, Method::POST, "/api/webhooks", Some(second)).await;
    assert_eq!(
        (third.status, third.json()["code"].clone()),
        (409, json!("too_many_webhooks"))
    );
    let own = format!("/api/webhooks/{id}");
    let deliveries = send(&house, Method::GET, &format!("{own}/deliveries"), None).await;
    assert_eq!(deliveries.json(), json!([]));
    let again = format!("{own}/replay");
    let replay = send(&house, Method::POST, &again, Some(json!({"from": 1}))).await;
    assert_eq!(replay.status, 202);
    let bad = send(&house, Method::POST, &again, Some(json!({}))).await;
    assert_eq!(bad.status, 400);
    let text = bad.json()["message"].as_str().unwrap().to_owned();
    assert!(text.ends_with("{\"from\": 1}"), "{text}");
    assert_eq!(send(&house, Method::DELETE, &own, None).await.status, 204);
    for path in [own.as_str(), "/api/webhooks/nonsense"] {
        assert_eq!(
            send(&house, Method::DELETE, path, None).await.status,
            404,
            "{path}"
        );
    }
    let guarded = House::new(|_| {}).await;
    assert_eq!(
        send(&guarded, Method::GET, "/api/webhooks", None)
            .await
            .status,
        401
    );
}

/// What a reader is told of an instance that goes and comes back: each once.
#[tokio::test]
async fn a_restored_instance_is_told_once() {
    let house = house().await;
    let objects = objects(1);
    house.stored(&objects).await;
    let study = format!("/dicom-web/studies/{}", objects[0].study);
    for verb in ["reject/113001^DCM", "restore"] {
        let path = format!("{study}/{verb}");
        let answer = send(&house, Method::POST, &path, None).await;
        assert_eq!(answer.status, 200, "{verb}");
    }
    sequence(&house.database).await;
    let changes = feed(&house, "limit=9").await.json()["changes"].clone();
    let changes = changes.as_array().unwrap().iter();
    let kinds: Vec<&Value> = changes.map(|change| &change["kind"]).collect();
    assert_eq!(json!(kinds), json!(["stored", "rejected", "stored"]));
}
