//! Asks a provider, and reads no more of its answer than is allowed.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, redirect::Policy};
use serde::de::DeserializeOwned;

use crate::OpenIdError;

/// The longest answer of a provider, bytes.
const LONGEST_ANSWER: usize = 1 << 20;

/// A client that follows no redirect and asks no proxy.
pub(crate) fn client(timeout: Duration) -> Result<Client, OpenIdError> {
    let client = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .timeout(timeout)
        .connect_timeout(timeout)
        .user_agent(concat!("yingyun/", env!("CARGO_PKG_VERSION")))
        .build();
    client.map_err(OpenIdError::Client)
}

/// The JSON that answers a request with 200.
pub(crate) async fn json<T: DeserializeOwned>(
    what: &'static str,
    request: RequestBuilder,
) -> Result<T, OpenIdError> {
    let response = send(what, request).await?;
    let status = response.status();
    if status != reqwest::StatusCode::OK {
        let reason = format!("status {}", status.as_u16());
        return Err(OpenIdError::Answer { what, reason });
    }
    parse(what, &body(what, response).await?)
}

pub(crate) async fn send(
    what: &'static str,
    request: RequestBuilder,
) -> Result<Response, OpenIdError> {
    let sent = request.header("accept", "application/json").send().await;
    // The address may carry what nobody else should read.
    sent.map_err(|source| OpenIdError::Unreachable {
        what,
        source: source.without_url(),
    })
}

/// A whole body, bounded.
pub(crate) async fn body(
    what: &'static str,
    mut response: Response,
) -> Result<Vec<u8>, OpenIdError> {
    let mut body = Vec::new();
    loop {
        let chunk = response.chunk().await;
        let chunk = chunk.map_err(|source| OpenIdError::Unreachable {
            what,
            source: source.without_url(),
        })?;
        let Some(chunk) = chunk else {
            return Ok(body);
        };
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST_ANSWER {
            let reason = format!("longer than {LONGEST_ANSWER} bytes");
            return Err(OpenIdError::Answer { what, reason });
        }
    }
}

pub(crate) fn parse<T: DeserializeOwned>(
    what: &'static str,
    body: &[u8],
) -> Result<T, OpenIdError> {
    serde_json::from_slice(body).map_err(|error| OpenIdError::Answer {
        what,
        // Where, not what: an answer may carry tokens.
        reason: format!("no such JSON (column {})", error.column()),
    })
}
