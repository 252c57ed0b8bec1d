//! What can go wrong with a subscription.

use database::DatabaseError;

/// Why a subscription cannot be made or served.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The URL cannot be read, or carries a user or a fragment.
    #[error("give a URL as https://HOST/PATH, without a user and without a fragment")]
    Url,
    /// The configuration does not let messages go there.
    #[error("webhooks.allowed_hosts does not name {host}")]
    Host {
        /// The host as it would be named.
        host: String,
    },
    /// The client that sends messages could not be made.
    #[error("the HTTP client could not be made")]
    Client(#[source] reqwest::Error),
    /// The index failed.
    #[error("the index failed")]
    Database(#[from] DatabaseError),
}
