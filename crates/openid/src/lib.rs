//! OpenID Connect: people sign in with their organisation's own provider, machines come with its tokens.
//!
//! The code flow with PKCE (OpenID Connect Core 1.0 §3.1, RFC 7636) keeps nothing while somebody is
//! at the provider: what must come back unchanged is derived from one secret that the browser holds.
//! Tokens are signed by the provider with a private key (RFC 7515); signatures of a shared secret,
//! and none at all, are not known here.

mod error;
mod fetch;
mod flow;
mod issuer;
mod keys;
mod provider;
mod signatures;
mod token;

pub use error::OpenIdError;
pub use flow::{Errand, Identity};
pub use provider::{ClientSecret, Provider, Settings};
pub use token::{Machine, issuer_of};
