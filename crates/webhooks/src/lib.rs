//! Subscribers are told of changes: signed messages over HTTP, in order, until they take them
//! (Standard Webhooks 1.0.0).

mod error;
mod hosts;
mod message;
mod secret;
mod sender;

pub use error::WebhookError;
pub use hosts::Hosts;
pub use secret::Secret;
pub use sender::{Sender, Settings, Undelivered};
