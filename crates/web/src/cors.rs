//! Cross-origin resource sharing: pages of allowed origins may ask and read what is answered.

use std::time::Duration;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How long a browser remembers what it was told.
const REMEMBERED: Duration = Duration::from_secs(600);

/// The layer that answers preflight requests, which carry no credential, and marks answers; none
/// while no origin is allowed. `Vary` says that answers depend on the origin.
pub(crate) fn layer(allowed: &[String]) -> Option<CorsLayer> {
    let origins: Vec<HeaderValue> = allowed
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok())
        .collect();
    if origins.is_empty() {
        return None;
    }
    let asked = [
        header::ACCEPT,
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::CONTENT_ENCODING,
        header::RANGE,
        header::IF_RANGE,
        header::IF_MATCH,
        header::IF_NONE_MATCH,
        header::CACHE_CONTROL,
    ];
    let shown: [HeaderName; 10] = [
        header::ETAG,
        header::LOCATION,
        header::CONTENT_LOCATION,
        header::CONTENT_RANGE,
        header::ACCEPT_RANGES,
        header::CONTENT_DISPOSITION,
        header::WARNING,
        header::LINK,
        header::RETRY_AFTER,
        header::WWW_AUTHENTICATE,
    ];
    let methods = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
    ];
    let layer = CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods(methods)
        .allow_headers(asked)
        .expose_headers(shown)
        .max_age(REMEMBERED);
    Some(layer)
}

/// OPTIONS that is no preflight.
#[derive(Clone, Copy)]
struct Asked;

/// Brings OPTIONS that is no preflight past [`layer`], which takes every OPTIONS for one and would
/// answer it: a preflight has Origin and Access-Control-Request-Method (Fetch, CORS-preflight
/// request). [`back`] is right behind that layer.
pub(crate) async fn past(mut request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS && !is_preflight(request.headers()) {
        request.extensions_mut().insert(Asked);
        *request.method_mut() = Method::GET;
    }
    next.run(request).await
}

fn is_preflight(headers: &HeaderMap) -> bool {
    headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Makes what [`past`] brought here OPTIONS again.
pub(crate) async fn back(mut request: Request, next: Next) -> Response {
    if request.extensions_mut().remove::<Asked>().is_some() {
        *request.method_mut() = Method::OPTIONS;
    }
    next.run(request).await
}
