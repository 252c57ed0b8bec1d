//! Telling one subscriber all that it was not told yet, in order.

use std::{sync::Arc, time::Duration};

use database::{
    Database,
    webhooks::{Message, Webhook},
};
use model::{Clock, InstitutionId};
use reqwest::{Client, header, redirect::Policy};
use ulid::Ulid;

use crate::{Hosts, Secret, WebhookError, message};

/// How messages are sent.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where they may go.
    pub hosts: Hosts,
    /// How long a receiver may take to answer.
    pub timeout: Duration,
    /// Changes in a message at most.
    pub batch: u32,
}

/// A message that was not taken; the subscription waits before it.
#[derive(Debug)]
pub struct Undelivered {
    /// Why.
    pub error: String,
    /// Others were delivered before it.
    pub progressed: bool,
}

/// Sends messages. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sender {
    database: Database,
    clock: Arc<dyn Clock>,
    client: Client,
    settings: Settings,
}

/// What came of an attempt.
struct Attempt {
    status: Option<u16>,
    /// Empty: the message was taken.
    error: String,
}

impl Sender {
    /// A sender that follows no redirect and asks no proxy.
    pub fn new(
        database: Database,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Result<Self, WebhookError> {
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .timeout(settings.timeout)
            .connect_timeout(settings.timeout)
            .user_agent(concat!("yingyun/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(WebhookError::Client)?;
        Ok(Self {
            database,
            clock,
            client,
            settings,
        })
    }

    /// Tells a subscriber of every change that it was not told of yet, one message after another. A
    /// subscription that is gone has nothing to be told.
    pub async fn deliver(&self, institution: &InstitutionId, id: Ulid) -> Result<(), Undelivered> {
        let mut progressed = false;
        loop {
            match self.next(institution, id).await {
                Ok(None) => return Ok(()),
                Ok(Some(attempt)) if attempt.error.is_empty() => progressed = true,
                Ok(Some(Attempt { error, .. })) => return Err(Undelivered { error, progressed }),
                Err(error) => {
                    let error = match error {
                        WebhookError::Database(source) => format!("the index failed: {source}"),
                        other => other.to_string(),
                    };
                    return Err(Undelivered { error, progressed });
                }
            }
        }
    }

    /// Sends the next message; none: there is nothing to tell.
    async fn next(
        &self,
        institution: &InstitutionId,
        id: Ulid,
    ) -> Result<Option<Attempt>, WebhookError> {
        let Some(webhook) = self.database.webhook(institution, id).await? else {
            return Ok(None);
        };
        // A message that was begun is sent as it was.
        let limit = match webhook.sending {
            Some(last) => u32::try_from(last.saturating_sub(webhook.sent)).unwrap_or(u32::MAX),
            None => self.settings.batch,
        };
        let page = self
            .database
            .changes_after(institution, webhook.sent, limit)
            .await?;
        let Some(changes) = page.changes else {
            tracing::warn!(webhook.id = %id, change.number = webhook.sent, "changes are no longer kept: a webhook passes over them");
            self.database.skip_webhook(&webhook, page.oldest).await?;
            return Ok(Some(Attempt::taken(None)));
        };
        let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
            return Ok(None);
        };
        let message = Message {
            first: first.number,
            last: last.number,
        };
        if !self.database.begin_message(&webhook, message).await? {
            return Ok(Some(Attempt::taken(None)));
        }
        let body = message::body(&webhook, &changes)?;
        let attempt = self
            .send(&webhook, &message::id(&webhook, message), body)
            .await;
        let outcome = if attempt.error.is_empty() {
            "delivered"
        } else {
            "failed"
        };
        metrics::counter!("yingyun_webhook_messages_total", "outcome" => outcome).increment(1);
        self.database
            .note_delivery(&webhook, message, attempt.status, &attempt.error)
            .await?;
        Ok(Some(attempt))
    }

    async fn send(&self, webhook: &Webhook, id: &str, body: Vec<u8>) -> Attempt {
        // The configuration may have changed since the subscription was made.
        let url = match self.settings.hosts.check(&webhook.url) {
            Ok(url) => url,
            Err(error) => return Attempt::failed(None, error.to_string()),
        };
        let timestamp = self.clock.now().unix_timestamp();
        let signature = Secret::new(webhook.secret.as_slice()).sign(id, timestamp, &body);
        let sent = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp.to_string())
            .header("webhook-signature", signature)
            .body(body)
            .send()
            .await;
        match sent {
            // The body is not read: what the receiver says does not matter.
            Ok(answer) if answer.status().is_success() => {
                Attempt::taken(Some(answer.status().as_u16()))
            }
            Ok(answer) => {
                let status = answer.status().as_u16();
                Attempt::failed(Some(status), format!("the receiver answered {status}"))
            }
            Err(error) => {
                let why = if error.is_timeout() {
                    "the receiver did not answer in time"
                } else if error.is_connect() {
                    "the receiver cannot be reached"
                } else {
                    "the connection to the receiver broke"
                };
                Attempt::failed(None, why.into())
            }
        }
    }
}

impl Attempt {
    fn taken(status: Option<u16>) -> Self {
        Self {
            status,
            error: String::new(),
        }
    }

    fn failed(status: Option<u16>, error: String) -> Self {
        Self { status, error }
    }
}
