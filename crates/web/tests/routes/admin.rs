//! Accounts and tokens, and what each role may.

use access::Role;
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use serde_json::{Value, json};

use crate::house::{Answer, House};

const PASSWORD: &str = "a long enough password";

/// Signs in by a one-time password; the session's token.
async fn signed_in(house: &House, name: &str, one_time: &str) -> String {
    let body = json!({"user": name, "password": one_time, "new_password": PASSWORD});
    let path = "/api/session";
    let answer = house.post(path, "application/json", body.to_string().into());
    let answer = answer.await;
    assert_eq!(answer.status, 200, "{name}");
    answer.json()["token"].as_str().unwrap().to_owned()
}

async fn somebody(house: &House, role: Role) -> String {
    let one_time = house.person(role.as_str(), &[role]).await;
    signed_in(house, role.as_str(), &one_time).await
}

async fn ask(house: &House, token: &str, method: Method, path: &str, body: &Value) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json");
    let body = match body {
        Value::Null => Body::empty(),
        body => Body::from(body.to_string()),
    };
    house.send(request.body(body).unwrap()).await
}

async fn get(house: &House, token: &str, path: &str) -> Answer {
    ask(house, token, Method::GET, path, &Value::Null).await
}

/// Status of each deed for each role, written apart from the code (docs/security.md).
#[tokio::test]
async fn each_role_does_what_the_table_says() {
    let house = House::new(|_| {}).await;
    let deeds: [(Method, &str); 8] = [
        (Method::GET, "/dicom-web/studies"),
        (Method::GET, "/dicom-web/studies/1/metadata"),
        (Method::POST, "/dicom-web/studies"),
        (Method::POST, "/dicom-web/studies/1/reject/113001"),
        (Method::GET, "/dicom-web/workitems"),
        (Method::GET, "/api/webhooks"),
        (Method::GET, "/api/admin/users"),
        (Method::GET, "/api/admin/deeds"),
    ];
    // search, read, store, reject, worklist, subscriptions, accounts, deeds
    let table = [
        ("physician", "yyy....."),
        ("radiologist", "yyy.y..."),
        ("technologist", "yyy.y..."),
        ("archivist", "yyyy...."),
        ("quality_officer", "yy......"),
        ("system_administrator", ".....y.."),
        ("security_administrator", "......y."),
        ("audit_administrator", ".......y"),
    ];
    assert_eq!(table.map(|(role, _)| role), Role::ALL.map(Role::as_str));
    for (role, allowed) in table {
        let token = somebody(&house, role.parse().unwrap()).await;
        for ((method, path), allowed) in deeds.clone().into_iter().zip(allowed.chars()) {
            let status = ask(&house, &token, method, path, &Value::Null).await.status;
            assert_eq!(status != 403, allowed == 'y', "{role} {path}: {status}");
            assert_ne!(status, 401, "{role} {path}");
        }
    }
}

#[tokio::test]
async fn an_account_is_made_given_roles_locked_and_given_a_password() {
    let house = House::new(|_| {}).await;
    let keeper = somebody(&house, Role::SecurityAdministrator).await;
    let wanted = json!({"name": "li.si", "roles": ["physician"]});
    let users = "/api/admin/users";
    let made = ask(&house, &keeper, Method::POST, users, &wanted).await;
    assert_eq!(made.status, 201);
    let one_time = made.json()["one_time_password"]
        .as_str()
        .unwrap()
        .to_owned();
    let again = ask(&house, &keeper, Method::POST, users, &wanted).await;
    assert_eq!(
        (again.status, &again.json()["code"]),
        (409, &json!("exists"))
    );
    let token = signed_in(&house, "li.si", &one_time).await;

    let roles = "/api/admin/users/li.si/roles";
    let search = "/dicom-web/studies";
    assert_eq!(get(&house, &token, search).await.status, 204);
    let officer = json!({"roles": ["system_administrator"]});
    let set = ask(&house, &keeper, Method::PUT, roles, &officer).await;
    assert_eq!(set.status, 204);
    assert_eq!(
        get(&house, &token, search).await.status,
        403,
        "in force at once"
    );
    assert_eq!(get(&house, &token, "/api/webhooks").await.status, 200);

    let lock = "/api/admin/users/li.si/lock";
    let locked = ask(&house, &keeper, Method::PUT, lock, &Value::Null).await;
    assert_eq!(locked.status, 204);
    assert_eq!(get(&house, &token, "/api/webhooks").await.status, 401);
    let body = json!({"user": "li.si", "password": PASSWORD}).to_string();
    let shut = house.post("/api/session", "application/json", body.into_bytes());
    let shut = shut.await;
    assert_eq!(
        (shut.status, &shut.json()["code"]),
        (403, &json!("account_locked"))
    );
    let unlocked = ask(&house, &keeper, Method::DELETE, lock, &Value::Null).await;
    assert_eq!(unlocked.status, 204);

    let password = "/api/admin/users/li.si/password";
    let reset = ask(&house, &keeper, Method::POST, password, &Value::Null).await;
    let one_time = reset.json()["one_time_password"]
        .as_str()
        .unwrap()
        .to_owned();
    signed_in(&house, "li.si", &one_time).await;

    let listed = get(&house, &keeper, users).await.json();
    let names: Vec<&str> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["li.si", "security_administrator"]);
    assert_eq!(listed[0]["roles"], json!(["system_administrator"]));

    let auditor = somebody(&house, Role::AuditAdministrator).await;
    let deeds = get(&house, &auditor, "/api/admin/deeds?limit=5")
        .await
        .json();
    let deeds: Vec<(&str, &str)> = deeds
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["actor"].as_str().unwrap(),
                one["deed"].as_str().unwrap(),
            )
        })
        .collect();
    let by = "user:security_administrator";
    let expected = [
        ("operator", "user_made"),
        (by, "password_reset"),
        (by, "user_unlocked"),
        (by, "user_locked"),
        (by, "roles_set"),
    ];
    assert_eq!(deeds, expected, "the latest first");
}

#[tokio::test]
async fn what_cannot_be_an_account_is_refused_by_name() {
    let house = House::new(|_| {}).await;
    let keeper = somebody(&house, Role::SecurityAdministrator).await;
    let users = "/api/admin/users";
    for (wanted, reason) in [
        (
            json!({"name": "a b", "roles": ["physician"]}),
            "\"a b\" is no name",
        ),
        (json!({"name": "a", "roles": []}), "a role at least"),
        (
            json!({"name": "a", "roles": ["doctor"]}),
            "\"doctor\" is no role",
        ),
        (
            json!({"name": "a", "roles": ["physician", "audit_administrator"]}),
            "audit_administrator stands alone",
        ),
        (json!({"name": "a"}), "missing field `roles`"),
    ] {
        let answer = ask(&house, &keeper, Method::POST, users, &wanted).await;
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert_eq!(answer.status, 400, "{wanted}");
        assert!(message.contains(reason), "{message}");
    }
    let own = "/api/admin/users/security_administrator";
    for (method, path) in [
        (Method::PUT, format!("{own}/lock")),
        (Method::POST, format!("{own}/password")),
    ] {
        let answer = ask(&house, &keeper, method, &path, &Value::Null).await;
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (409, &json!("own_account"))
        );
    }
    let nobody = "/api/admin/users/nobody/lock";
    let answer = ask(&house, &keeper, Method::PUT, nobody, &Value::Null).await;
    assert_eq!(answer.status, 404);
}

#[tokio::test]
async fn a_token_does_what_it_says_until_it_is_revoked() {
    let house = House::new(|_| {}).await;
    let keeper = somebody(&house, Role::SecurityAdministrator).await;
    let tokens = "/api/admin/tokens";
    for wanted in [
        json!({"name": "his", "operations": [], "days": 7}),
        json!({"name": "his", "operations": ["read"], "days": 7}),
        json!({"name": "his", "operations": ["query"], "days": 0}),
        json!({"name": "his", "operations": ["query"], "days": 367}),
    ] {
        let answer = ask(&house, &keeper, Method::POST, tokens, &wanted).await;
        assert_eq!(answer.status, 400, "{wanted}");
    }
    let wanted = json!({"name": "his", "operations": ["query"], "days": 7});
    let issued = ask(&house, &keeper, Method::POST, tokens, &wanted).await;
    assert_eq!(issued.status, 201);
    let token = issued.json()["token"].as_str().unwrap().to_owned();
    let again = ask(&house, &keeper, Method::POST, tokens, &wanted).await;
    assert_eq!(again.status, 409);
    let listed = get(&house, &keeper, tokens).await;
    assert!(!String::from_utf8_lossy(&listed.body).contains(&token));
    assert_eq!(listed.json()[0]["expires"], json!("2026-07-08T12:00:00Z"));

    assert_eq!(get(&house, &token, "/dicom-web/studies").await.status, 204);
    assert_eq!(
        get(&house, &token, "/dicom-web/studies/1/metadata")
            .await
            .status,
        403
    );
    assert_eq!(get(&house, &token, "/api/admin/users").await.status, 403);
    let cookie = Request::get("/dicom-web/studies")
        .header(header::COOKIE, format!("yingyun_session={token}"));
    let answer = house.send(cookie.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 401, "a token is no session");
    let path = "/api/admin/tokens/his";
    let revoked = ask(&house, &keeper, Method::DELETE, path, &Value::Null).await;
    assert_eq!(revoked.status, 204);
    assert_eq!(get(&house, &token, "/dicom-web/studies").await.status, 401);
}
