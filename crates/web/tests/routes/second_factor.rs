//! An authenticator app beside the password: begun, confirmed, asked for, taken away.

use access::Role;
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;

use crate::house::{Answer, House};

const PASSWORD: &str = "a long enough password";
const FACTOR: &str = "/api/session/second-factor";
/// The step of the house's clock, 2026-07-01 12:00 UTC.
const PRESENT: u64 = 1_782_907_200 / 30;

/// What an app shows that was given `secret` (RFC 4226 §5.3).
fn code(secret: &str, step: u64) -> String {
    let key = BASE32_NOPAD.decode(secret.as_bytes()).unwrap();
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).unwrap();
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let at = usize::from(digest[19] % 16);
    let number = digest[at..at + 4]
        .iter()
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{:06}", number % (1 << 31) % 1_000_000)
}

async fn sent(
    house: &House,
    token: Option<&str>,
    method: Method,
    path: &str,
    body: Value,
) -> Answer {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    house
        .send(request.body(Body::from(body.to_string())).unwrap())
        .await
}

async fn sign_in(house: &House, body: Value) -> Answer {
    sent(house, None, Method::POST, "/api/session", body).await
}

fn said(answer: &Answer) -> (u16, String) {
    let code = answer.json()["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (answer.status, code)
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// Somebody signed in.
async fn somebody(house: &House, name: &str, role: Role) -> String {
    let one_time = house.person(name, &[role]).await;
    let body = json!({"user": name, "password": one_time, "new_password": PASSWORD});
    let answer = sign_in(house, body).await;
    assert_eq!(answer.status, 200);
    answer.json()["token"].as_str().unwrap().to_owned()
}

/// Begins with an app; its secret.
async fn begun(house: &House, token: &str) -> String {
    let own = json!({"password": PASSWORD});
    let offer = sent(house, Some(token), Method::POST, FACTOR, own).await;
    assert_eq!(offer.status, 201);
    let (secret, uri) = (&offer.json()["secret"], &offer.json()["uri"]);
    let secret = secret.as_str().unwrap().to_owned();
    let uri = uri.as_str().unwrap();
    assert!(
        uri.starts_with("otpauth://totp/Yingyun:zhang.san%20(local)?secret="),
        "{uri}"
    );
    assert!(uri.contains(&secret), "{uri}");
    secret
}

#[tokio::test]
async fn sign_in_asks_for_a_code_once_the_app_has_shown_one() {
    let house = House::new(|_| {}).await;
    let token = somebody(&house, "zhang.san", Role::Physician).await;
    let wrong = json!({"password": "another password"});
    let wrong = sent(&house, Some(&token), Method::POST, FACTOR, wrong).await;
    assert_eq!(
        said(&wrong),
        refused(401, "wrong_password"),
        "a session alone begins nothing"
    );
    begun(&house, &token).await;
    let secret = begun(&house, &token).await;

    // Begun, and not confirmed: nobody is shut out by an app that was never set up.
    let password = json!({"user": "zhang.san", "password": PASSWORD});
    assert_eq!(sign_in(&house, password.clone()).await.status, 200);
    let confirm = async |code: &str| {
        let body = json!({"code": code});
        sent(&house, Some(&token), Method::PUT, FACTOR, body).await
    };
    assert_eq!(said(&confirm("000000").await), refused(401, "wrong_code"));
    assert_eq!(confirm(&code(&secret, PRESENT - 1)).await.status, 204);

    assert_eq!(
        said(&sign_in(&house, password).await),
        refused(403, "code_required")
    );
    let with = |code: &str| json!({"user": "zhang.san", "password": PASSWORD, "code": code});
    let used = sign_in(&house, with(&code(&secret, PRESENT - 1))).await;
    assert_eq!(
        said(&used),
        refused(401, "wrong_code"),
        "a code is taken once"
    );
    let present = with(&code(&secret, PRESENT));
    assert_eq!(sign_in(&house, present.clone()).await.status, 200);
    assert_eq!(
        said(&sign_in(&house, present).await),
        refused(401, "wrong_code")
    );
    let older = sign_in(&house, with(&code(&secret, PRESENT - 1))).await;
    assert_eq!(
        said(&older),
        refused(401, "wrong_code"),
        "nor one before it"
    );
    let far = sign_in(&house, with(&code(&secret, PRESENT + 2))).await;
    assert_eq!(said(&far), refused(401, "wrong_code"));

    let again = json!({"password": PASSWORD});
    let again = sent(&house, Some(&token), Method::POST, FACTOR, again).await;
    assert_eq!(said(&again), refused(409, "exists"));
    let bare = json!({"password": PASSWORD});
    let bare = sent(&house, Some(&token), Method::DELETE, FACTOR, bare).await;
    assert_eq!(said(&bare), refused(403, "code_required"));
    let both = json!({"password": PASSWORD, "code": code(&secret, PRESENT + 1)});
    let gone = sent(&house, Some(&token), Method::DELETE, FACTOR, both).await;
    assert_eq!(gone.status, 204);
    let password = json!({"user": "zhang.san", "password": PASSWORD});
    assert_eq!(sign_in(&house, password).await.status, 200);
}

#[tokio::test]
async fn guessing_codes_is_guessing() {
    let house = House::new(|_| {}).await;
    let token = somebody(&house, "zhang.san", Role::Physician).await;
    let secret = begun(&house, &token).await;
    let body = json!({"code": code(&secret, PRESENT)});
    let confirmed = sent(&house, Some(&token), Method::PUT, FACTOR, body).await;
    assert_eq!(confirmed.status, 204);
    let guess = json!({"user": "zhang.san", "password": PASSWORD, "code": "000000"});
    let mut answers = Vec::new();
    for _ in 0..6 {
        answers.push(sign_in(&house, guess.clone()).await.status);
    }
    assert_eq!(answers, [401, 401, 401, 401, 401, 429]);
}

#[tokio::test]
async fn a_lost_app_is_forgotten_by_who_keeps_accounts() {
    let house = House::new(|_| {}).await;
    let token = somebody(&house, "zhang.san", Role::Physician).await;
    let keeper = somebody(&house, "keeper", Role::SecurityAdministrator).await;
    let secret = begun(&house, &token).await;
    let body = json!({"code": code(&secret, PRESENT)});
    sent(&house, Some(&token), Method::PUT, FACTOR, body).await;
    let users = sent(
        &house,
        Some(&keeper),
        Method::GET,
        "/api/admin/users",
        Value::Null,
    )
    .await;
    assert_eq!(users.json()[1]["second_factor"], json!(true));
    let path = "/api/admin/users/zhang.san/second-factor";
    let reset = sent(&house, Some(&keeper), Method::DELETE, path, Value::Null).await;
    assert_eq!(reset.status, 204);
    let again = sent(&house, Some(&keeper), Method::DELETE, path, Value::Null).await;
    assert_eq!(again.status, 404);
    let password = json!({"user": "zhang.san", "password": PASSWORD});
    assert_eq!(sign_in(&house, password).await.status, 200);
    let deeds = house
        .database
        .deeds(&house.institution, None, 1)
        .await
        .unwrap();
    assert_eq!(
        (deeds[0].deed.as_str(), deeds[0].subject.as_str()),
        ("second_factor_reset", "zhang.san")
    );
}
