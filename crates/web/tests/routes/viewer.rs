//! The viewer's pages, headers and the description of the API.

use crate::house::House;

#[tokio::test]
async fn every_page_has_its_headers() {
    let house = House::dev().await;
    for path in ["/", "/studies/1.2.3", "/login"] {
        let answer = house.get(path, "text/html").await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.header("content-type").starts_with("text/html"));
        assert_eq!(answer.header("cache-control"), "no-cache");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("'wasm-unsafe-eval'") && policy.contains("worker-src 'self' blob:")
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn what_is_neither_file_nor_page_is_not_there() {
    let house = House::dev().await;
    for path in [
        "/assets/none.js",
        "/none.png",
        "/api/none",
        "/dicom-web/none",
        "/../Cargo.toml",
    ] {
        let answer = house.get(path, "text/html").await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json()["message"], "no such path", "{path}");
    }
    assert_eq!(house.post("/", "text/plain", Vec::new()).await.status, 405);
}

#[tokio::test]
async fn patient_data_is_not_kept_by_caches() {
    let house = House::dev().await;
    let answer = house.get("/dicom-web/studies", "*/*").await;
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn every_route_is_described() {
    let house = House::dev().await;
    let description = house.get("/api/openapi.json", "*/*").await.json();
    let paths = description["paths"].as_object().unwrap();
    let instance = "/dicom-web/studies/{study}/series/{series}/instances/{instance}";
    for path in [
        "/dicom-web/studies".to_owned(),
        "/dicom-web/studies/{study}".to_owned(),
        "/dicom-web/studies/{study}/series/{series}/metadata".to_owned(),
        format!("{instance}/frames/{{frames}}"),
        format!("{instance}/rendered"),
        "/api/session".to_owned(),
        "/api/info".to_owned(),
        "/healthz".to_owned(),
    ] {
        assert!(paths.contains_key(&path), "{path}: {:?}", paths.keys());
    }
    assert!(paths["/dicom-web/studies"]["post"].is_object());
    assert!(paths["/dicom-web/studies"]["get"].is_object());
}

/// A client with a wrong base URL, and a browser that goes to a page.
#[tokio::test]
async fn a_page_is_for_who_names_html() {
    let house = House::dev().await;
    for path in [
        "/dicomweb/studies",
        "/instances",
        "/healthz/",
        "/studies/1.2.3",
        "/api",
    ] {
        for accept in ["*/*", "application/dicom+json", "application/json, image/*"] {
            let answer = house.get(path, accept).await;
            assert_eq!(answer.status, 404, "{path} {accept}");
            assert_eq!(answer.json()["code"], "not_found", "{path} {accept}");
        }
    }
    let chromium = "application/xhtml+xml,text/html;q=0.9,*/*;q=0.8";
    let answer = house.get("/studies/1.2.3", chromium).await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("vary").contains("accept,"));
    assert_eq!(house.get("/", "*/*").await.status, 200);
}
