//! Health and metrics, for balancers and monitoring; no patient data, no credential.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::WebState;

/// The process lives.
#[utoipa::path(get, path = "/healthz", tag = "operation", security(()),
    responses((status = 200, description = "The process lives", body = String)))]
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// The server can work: database and archive answer.
#[utoipa::path(get, path = "/readyz", tag = "operation", security(()), responses(
    (status = 200, description = "The server can work", body = String),
    (status = 503, description = "It cannot; the body says why", body = String)))]
pub(crate) async fn ready(State(state): State<WebState>) -> Response {
    match (state.ready)().await {
        Ok(()) => "ready\n".into_response(),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")).into_response(),
    }
}

/// Metrics in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "operation", security(()),
    responses((status = 200, description = "Metrics in Prometheus' text format", body = String)))]
pub(crate) async fn metrics(State(state): State<WebState>) -> Response {
    let content_type = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, content_type)], (state.metrics)()).into_response()
}
