//! `/api/webhooks`: who is told of changes.

use access::Administration;
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use database::webhooks::{Delivery, Webhook};
use model::InstitutionId;
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use ulid::Ulid;
use utoipa::ToSchema;
use webhooks::Secret;

use crate::{WebError, WebState, session::Caller};

/// A new subscription.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Where messages go; `webhooks.allowed_hosts` of the configuration must name its host.
    url: String,
}

const WANTED: &str = r#"{"url": "https://hooks.example.org/dicom"}"#;
const FROM: &str = r#"{"from": 1}"#;

/// A subscription that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct Made {
    /// Its id.
    id: String,
    /// What messages are signed with, told only here: `whsec_` and base64 (Standard Webhooks).
    secret: String,
}

/// A subscription.
#[derive(Serialize, ToSchema)]
pub(crate) struct Subscription {
    /// Its id.
    id: String,
    /// Where messages go.
    url: String,
    /// When it was made.
    created: String,
    /// The number of the last change that was delivered.
    delivered: u64,
}

/// A message.
#[derive(Serialize, ToSchema)]
pub(crate) struct Sent {
    /// The number of its first change.
    first: u64,
    /// The number of its last.
    last: u64,
    /// How often it was sent.
    attempts: u32,
    /// Whether it was taken.
    delivered: bool,
    /// The status that the receiver answered last; null: it did not answer.
    status: Option<u16>,
    /// Why the last attempt failed; empty: it did not.
    error: String,
    /// When it was sent last.
    at: String,
}

/// From which change on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct From {
    /// The number of the first change to deliver.
    from: u64,
}

/// The institution whose subscriptions the caller may keep.
fn institution(caller: &Caller) -> Result<InstitutionId, WebError> {
    let authority = access::administer(caller.actor(), Administration::Subscriptions)?;
    Ok(authority.institution().clone())
}

async fn found(state: &WebState, caller: &Caller, id: &str) -> Result<Webhook, WebError> {
    let institution = institution(caller)?;
    let id = Ulid::from_string(id).map_err(|_| WebError::NotFound("webhook"))?;
    let webhook = state.database.webhook(&institution, id).await?;
    webhook.ok_or(WebError::NotFound("webhook"))
}

fn text(at: OffsetDateTime) -> Result<String, WebError> {
    at.format(&Rfc3339).map_err(|_| WebError::Internal)
}

/// What a body should be, whatever is wrong with this one.
fn expected(body: &str) -> WebError {
    let text = format!("the body is JSON (Content-Type: application/json) such as {body}");
    WebError::BadRequest(text)
}

/// Lists the institution's subscriptions.
#[utoipa::path(get, path = "/api/webhooks", tag = "changes", responses(
    (status = 200, description = "Subscriptions", body = [Subscription]),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a system administrator", body = crate::error::Problem)))]
pub(crate) async fn list(
    State(state): State<WebState>,
    caller: Caller,
) -> Result<Json<Vec<Subscription>>, WebError> {
    let webhooks = state.database.webhooks(&institution(&caller)?).await?;
    let listed = webhooks.into_iter().map(|webhook| {
        Ok(Subscription {
            id: webhook.id.to_string(),
            url: webhook.url,
            created: text(webhook.created)?,
            delivered: webhook.sent,
        })
    });
    listed.collect::<Result<_, _>>().map(Json)
}

/// Subscribes to what changes from now on.
#[utoipa::path(post, path = "/api/webhooks", tag = "changes", request_body = Wanted, responses(
    (status = 201, description = "Made; the secret is told only now", body = Made),
    (status = 400, description = "The URL cannot be used", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a system administrator", body = crate::error::Problem),
    (status = 409, description = "There are as many as webhooks.most allows", body = crate::error::Problem)))]
pub(crate) async fn create(
    State(state): State<WebState>,
    caller: Caller,
    wanted: Result<Json<Wanted>, JsonRejection>,
) -> Result<(StatusCode, Json<Made>), WebError> {
    let institution = institution(&caller)?;
    let Json(wanted) = wanted.map_err(|_| expected(WANTED))?;
    let settings = &state.settings.webhooks;
    let checked = settings.hosts.check(&wanted.url);
    checked.map_err(|error| WebError::BadRequest(error.to_string()))?;
    if state.database.webhooks(&institution).await?.len() >= settings.most {
        return Err(WebError::TooManyWebhooks {
            most: settings.most,
        });
    }
    let mut bytes = [0; Secret::LENGTH];
    state.secrets.fill(&mut bytes);
    let secret = Secret::new(bytes);
    let mut random = [0; 16];
    state.secrets.fill(&mut random);
    let millis = state.clock.now().unix_timestamp_nanos() / 1_000_000;
    let id = Ulid::from_parts(
        u64::try_from(millis).unwrap_or_default(),
        u128::from_le_bytes(random),
    );
    let made = state
        .database
        .create_webhook(&institution, id, &wanted.url, secret.bytes());
    made.await?;
    tracing::info!(webhook.id = %id, actor = caller.actor().label(), "a webhook was made");
    let made = Made {
        id: id.to_string(),
        secret: secret.shown(),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// Ends a subscription.
#[utoipa::path(delete, path = "/api/webhooks/{webhook}", tag = "changes",
    params(("webhook" = String, Path, description = "The subscription's id")), responses(
    (status = 204, description = "Ended"),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a system administrator", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem)))]
pub(crate) async fn delete(
    State(state): State<WebState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, WebError> {
    let webhook = found(&state, &caller, &id).await?;
    let database = &state.database;
    database
        .delete_webhook(&webhook.institution, webhook.id)
        .await?;
    tracing::info!(webhook.id = %webhook.id, actor = caller.actor().label(), "a webhook was ended");
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the last messages of a subscription, the latest first.
#[utoipa::path(get, path = "/api/webhooks/{webhook}/deliveries", tag = "changes",
    params(("webhook" = String, Path, description = "The subscription's id")), responses(
    (status = 200, description = "Messages", body = [Sent]),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a system administrator", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem)))]
pub(crate) async fn deliveries(
    State(state): State<WebState>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Vec<Sent>>, WebError> {
    let webhook = found(&state, &caller, &id).await?;
    let sent = state.database.deliveries(&webhook).await?;
    let sent = sent.into_iter().map(|delivery: Delivery| {
        Ok(Sent {
            first: delivery.message.first,
            last: delivery.message.last,
            attempts: delivery.attempts,
            delivered: delivery.error.is_empty(),
            status: delivery.status,
            error: delivery.error,
            at: text(delivery.at)?,
        })
    });
    sent.collect::<Result<_, WebError>>().map(Json)
}

/// Has everything from a change on delivered, once more where it was already, also where delivering was
/// given up.
#[utoipa::path(post, path = "/api/webhooks/{webhook}/replay", tag = "changes", request_body = From,
    params(("webhook" = String, Path, description = "The subscription's id")), responses(
    (status = 202, description = "It begins"),
    (status = 400, description = "The body cannot be read", body = crate::error::Problem),
    (status = 401, description = "Not signed in", body = crate::error::Problem),
    (status = 403, description = "Not a system administrator", body = crate::error::Problem),
    (status = 404, description = "Not found", body = crate::error::Problem)))]
pub(crate) async fn replay(
    State(state): State<WebState>,
    caller: Caller,
    Path(id): Path<String>,
    from: Result<Json<From>, JsonRejection>,
) -> Result<StatusCode, WebError> {
    let webhook = found(&state, &caller, &id).await?;
    let Json(From { from }) = from.map_err(|_| expected(FROM))?;
    if i64::try_from(from).is_err() {
        return Err(WebError::BadRequest("from is too large".into()));
    }
    let database = &state.database;
    database
        .replay_webhook(&webhook.institution, webhook.id, from)
        .await?;
    Ok(StatusCode::ACCEPTED)
}
