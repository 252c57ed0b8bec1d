//! Sign-in, and the door that is shut without it.

use access::Role;
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::json;

use crate::house::{Answer, House};

const PASSWORD: &str = "a long enough password";

async fn locked() -> (House, String) {
    let house = House::new(|_| {}).await;
    let one_time = house.person("li.si", &[Role::Physician]).await;
    (house, one_time)
}

async fn login(house: &House, body: serde_json::Value) -> Answer {
    house
        .post(
            "/api/session",
            "application/json",
            body.to_string().into_bytes(),
        )
        .await
}

async fn with(house: &House, method: Method, path: &str, name: &str, value: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(name, value);
    house.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn without_a_credential_every_patient_data_route_is_shut() {
    let (house, _) = locked().await;
    let instance = "/dicom-web/studies/1/series/2/instances/3";
    let paths = [
        "/dicom-web/studies".into(),
        "/dicom-web/studies?limit=x".into(),
        "/dicom-web/series".into(),
        "/dicom-web/instances".into(),
        "/dicom-web/studies/1".into(),
        "/dicom-web/studies/no-uid".into(),
        "/dicom-web/studies/1/metadata".into(),
        "/dicom-web/studies/1/series".into(),
        "/dicom-web/studies/1/instances".into(),
        "/dicom-web/studies/1/series/2".into(),
        "/dicom-web/studies/1/series/2/metadata".into(),
        "/dicom-web/studies/1/series/2/instances".into(),
        instance.to_owned(),
        format!("{instance}/metadata"),
        format!("{instance}/rendered"),
        format!("{instance}/frames/1"),
        format!("{instance}/frames/1/rendered"),
        format!("{instance}/bulkdata/7FE00010"),
        format!("{instance}/bulkdata"),
        "/dicom-web/studies/1/bulkdata".into(),
        "/dicom-web/studies/1/series/2/bulkdata".into(),
    ];
    for path in paths {
        let answer = house.get(&path, "*/*").await;
        assert_eq!(answer.status, 401, "{path}");
        assert!(
            answer.header("www-authenticate").starts_with("Bearer"),
            "{path}"
        );
    }
    let answer = house.store("/dicom-web/studies", &[b"x"]).await;
    assert_eq!(answer.status, 401);
    let forged = with(
        &house,
        Method::GET,
        "/dicom-web/studies",
        "authorization",
        "Bearer 00",
    )
    .await;
    assert_eq!(forged.status, 401);
    let challenge = "Bearer realm=\"yingyun\", error=\"invalid_token\"";
    assert_eq!(
        forged.header("www-authenticate"),
        challenge,
        "RFC 6750 §3.1"
    );
    assert_eq!(forged.json()["message"], "the credential was not accepted");
    let basic = [("authorization", "Basic YWRtaW46cHc=")];
    let [(name, value)] = basic;
    let basic = with(&house, Method::GET, "/dicom-web/studies", name, value).await;
    assert_eq!(basic.status, 401);
    assert_eq!(basic.json()["message"], "the credential was not accepted");
    let none = house.get("/dicom-web/studies", "*/*").await;
    assert_eq!(none.json()["message"], "no credential was given");
    assert!(!none.header("www-authenticate").contains("error="));
    for path in [
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/info",
        "/api/openapi.json",
        "/",
    ] {
        assert_eq!(house.get(path, "*/*").await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_one_time_password_opens_nothing_but_its_change() {
    let (house, one_time) = locked().await;
    let answer = login(&house, json!({"user": "li.si", "password": "wrong"})).await;
    assert_eq!(answer.status, 401);
    let answer = login(&house, json!({"user": "nobody", "password": one_time})).await;
    assert_eq!(answer.status, 401);
    let answer = login(&house, json!({"user": "li.si", "password": one_time})).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (403, ""));
    let short = json!({"user": "li.si", "password": one_time, "new_password": "short"});
    assert_eq!(login(&house, short).await.status, 400);
    let change = json!({"user": "li.si", "password": one_time, "new_password": PASSWORD});
    assert_eq!(login(&house, change.clone()).await.status, 200);
    assert_eq!(login(&house, change).await.status, 401);
    let answer = login(&house, json!({"user": "li.si", "password": PASSWORD})).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn a_session_lasts_until_sign_out() {
    let (house, one_time) = locked().await;
    let change = json!({"user": "li.si", "password": one_time, "new_password": PASSWORD});
    let answer = login(&house, change).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.contains("; HttpOnly; SameSite=Strict") && !cookie.contains("Secure"));
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let bearer = format!("Bearer {}", answer.json()["token"].as_str().unwrap());
    let (get, studies) = (Method::GET, "/dicom-web/studies");
    assert_eq!(
        with(&house, get.clone(), studies, "cookie", &cookie)
            .await
            .status,
        204
    );
    assert_eq!(
        with(&house, get.clone(), studies, "authorization", &bearer)
            .await
            .status,
        204
    );
    let info = with(&house, get.clone(), "/api/info", "cookie", &cookie)
        .await
        .json();
    assert_eq!(
        (&info["user"], &info["roles"], &info["dev"]),
        (&json!("li.si"), &json!(["physician"]), &json!(false))
    );
    let gone = with(&house, Method::DELETE, "/api/session", "cookie", &cookie).await;
    assert_eq!(gone.status, 204);
    assert!(gone.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(gone.header("clear-site-data"), "\"cache\"");
    assert_eq!(
        with(&house, get.clone(), studies, "cookie", &cookie)
            .await
            .status,
        401
    );
    assert_eq!(
        with(&house, get, studies, "authorization", &bearer)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_cookie_that_another_site_sends_stores_nothing() {
    let (house, one_time) = locked().await;
    let change = json!({"user": "li.si", "password": one_time, "new_password": PASSWORD});
    let answer = login(&house, change).await;
    let cookie = answer
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let request = Request::post("/dicom-web/studies")
        .header(header::COOKIE, cookie)
        .header("sec-fetch-site", "cross-site");
    let answer = house.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn a_developer_is_on_this_machine() {
    let house = House::dev().await;
    assert_eq!(house.get("/dicom-web/studies", "*/*").await.status, 204);
    let rebound = with(
        &house,
        Method::GET,
        "/dicom-web/studies",
        "host",
        "evil.example",
    )
    .await;
    assert_eq!(rebound.status, 403);
    assert_eq!(house.get("/api/info", "*/*").await.json()["dev"], true);
}
