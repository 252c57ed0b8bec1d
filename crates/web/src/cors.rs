//! Cross-origin resource sharing: pages of allowed origins may ask and read what is answered.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
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
