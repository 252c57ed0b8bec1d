//! Pages of other origins (Fetch, CORS protocol).

use axum::{
    body::Body,
    http::{Method, Request, header},
};

use crate::house::{Answer, House};

const VIEWER: &str = "https://viewer.example.org";

async fn house() -> House {
    House::new(|settings| {
        settings.dev = true;
        settings.allowed_origins = vec![VIEWER.into()];
    })
    .await
}

async fn options(house: &House, path: &str, fields: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder()
        .method(Method::OPTIONS)
        .uri(path)
        .header(header::HOST, "localhost:8080");
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    house.send(request.body(Body::empty()).unwrap()).await
}

/// PS3.18 §8.9: what is no preflight is answered as where no origin is allowed.
#[tokio::test]
async fn options_without_a_preflight_is_the_resource_s() {
    let (with, without) = (house().await, House::dev().await);
    for path in ["/dicom-web", "/dicom-web/studies", "/dicom-web/workitems"] {
        for fields in [
            &[][..],
            &[("origin", VIEWER)],
            &[("access-control-request-method", "GET")],
        ] {
            let (with, without) = (
                options(&with, path, fields).await,
                options(&without, path, fields).await,
            );
            assert_eq!(with.status, without.status, "{path} {fields:?}");
            assert_eq!(with.header("allow"), without.header("allow"), "{path}");
            assert_eq!(with.body, without.body, "{path}");
            assert!(with.header("allow").contains("OPTIONS"), "{path}");
        }
    }
    let capabilities = options(&with, "/dicom-web", &[("origin", VIEWER)]).await;
    assert!(capabilities.body.starts_with(b"<?xml"));
    assert_eq!(capabilities.header("access-control-allow-origin"), VIEWER);
}

#[tokio::test]
async fn a_preflight_tells_what_callers_need() {
    let house = house().await;
    let fields = [
        ("origin", VIEWER),
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "content-encoding,content-type",
        ),
    ];
    let answer = options(&house, "/dicom-web/studies", &fields).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("access-control-allow-origin"), VIEWER);
    let allowed = answer.header("access-control-allow-headers").to_owned();
    let allowed: Vec<&str> = allowed.split(',').map(str::trim).collect();
    for name in [
        "authorization",
        "content-type",
        "content-encoding",
        "if-none-match",
        "range",
    ] {
        assert!(allowed.contains(&name), "{name}: {allowed:?}");
    }
}
