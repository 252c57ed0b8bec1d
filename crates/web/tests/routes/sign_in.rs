//! Guessing passwords: what it costs, and that it tells nothing.

use serde_json::json;
use web::SignIn;

use crate::house::{Answer, House};

const PASSWORD: &str = "a long enough password";

async fn house(sign_in: SignIn) -> House {
    let house = House::new(|settings| settings.sign_in = sign_in).await;
    let hash = accounts::hash_password(PASSWORD, &accounts::SystemSecrets).unwrap();
    let made = house
        .database
        .create_first_administrator(&house.institution, &hash, None);
    assert!(made.await.unwrap());
    let changed = house
        .database
        .change_password(&house.institution, "admin", &hash);
    changed.await.unwrap();
    house
}

async fn login(house: &House, user: &str, password: &str) -> Answer {
    let body = json!({"user": user, "password": password}).to_string();
    house
        .post("/api/session", "application/json", body.into_bytes())
        .await
}

#[tokio::test]
async fn guesses_at_an_account_wait_whether_there_is_one_or_not() {
    let house = house(SignIn {
        account_failures: 2,
        ..SignIn::default()
    })
    .await;
    let mut answers = Vec::new();
    for user in ["admin", "nobody"] {
        for expected in [401, 401, 429, 429] {
            let answer = login(&house, user, "wrong").await;
            assert_eq!(answer.status, expected, "{user}");
            let retry = answer.header("retry-after").to_owned();
            assert_eq!(retry, if expected == 429 { "1" } else { "" });
            answers.push(answer.json());
        }
    }
    assert_eq!(answers[..4], answers[4..], "an account shows");
    let delayed = login(&house, "admin", PASSWORD).await;
    assert_eq!(delayed.status, 429, "also the right password waits");
    assert_eq!(delayed.header("set-cookie"), "");
}

#[tokio::test]
async fn guesses_from_an_address_wait_whatever_they_name() {
    let house = house(SignIn {
        address_failures: 3,
        ..SignIn::default()
    })
    .await;
    for (user, status) in [("a", 401), ("b", 401), ("c", 401), ("d", 429)] {
        assert_eq!(login(&house, user, "wrong").await.status, status, "{user}");
    }
}

#[tokio::test]
async fn a_right_password_makes_good_for_the_wrong_ones() {
    let house = house(SignIn {
        account_failures: 2,
        ..SignIn::default()
    })
    .await;
    for _ in 0..3 {
        assert_eq!(login(&house, "admin", "wrong").await.status, 401);
        assert_eq!(login(&house, "admin", PASSWORD).await.status, 200);
    }
}

#[tokio::test]
async fn more_than_can_wait_are_told_to_come_again() {
    let house = house(SignIn {
        checks: 1,
        waiting: 1,
        address_failures: 100,
        ..SignIn::default()
    })
    .await;
    let all = ["a", "b", "c", "d", "e"].map(|user| login(&house, user, "wrong"));
    let mut answers = futures::future::join_all(all).await;
    answers.sort_by_key(|answer| answer.status);
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [401, 401, 429, 429, 429]);
    assert_eq!(answers[4].header("retry-after"), "1");
    assert_eq!(answers[4].json()["code"], "busy");
    assert_eq!(login(&house, "admin", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn a_body_is_short_and_json() {
    let house = house(SignIn::default()).await;
    let long = login(&house, "admin", &"x".repeat(20_000)).await;
    assert_eq!(
        (long.status, &long.json()["code"]),
        (413, &json!("too_large"))
    );
    for body in ["", "{}", "[1]", "{\"user\":\"secret\",\"password\":7}"] {
        let answer = house.post("/api/session", "application/json", body.into());
        let answer = answer.await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(answer.json()["code"], "bad_request");
        assert!(!answer.json()["message"].to_string().contains("secret"));
    }
}

#[tokio::test]
async fn the_door_of_dicom_is_told_to_whom_is_known() {
    let house = house(SignIn::default()).await;
    assert!(house.get("/api/info", "*/*").await.json()["dicom"].is_null());
    let dev = House::dev().await;
    let info = dev.get("/api/info", "*/*").await.json();
    assert_eq!(info["dicom"], json!({"ae_title": "HOSPITAL", "port": 104}));
}
