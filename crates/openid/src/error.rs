//! What can go wrong between a provider and us.

use thiserror::Error;

/// Why somebody could not be signed in, or a token was not accepted. No claim is in any text.
#[derive(Debug, Error)]
pub enum OpenIdError {
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
    /// The provider does not answer.
    #[error("the provider does not answer: {what}")]
    Unreachable {
        /// What was asked for.
        what: &'static str,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The provider's answer cannot be used.
    #[error("the provider's answer cannot be used: {what}: {reason}")]
    Answer {
        /// What was asked for.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The provider did not answer a moment ago: it is not asked again yet.
    #[error("the provider did not answer a moment ago")]
    Down,
    /// Whatever comes from there could be anybody's.
    #[error("{0} is no issuer that can be believed: give https://…, or http://… on this machine")]
    Issuer(String),
    /// The provider refused: a code of RFC 6749 §4.1.2.1 or §5.2.
    #[error("the provider refused: {code}")]
    Refused {
        /// The code, as `access_denied`; of letters, digits, `_`, `-` and `.` only.
        code: String,
    },
    /// What came back does not belong to what this browser began.
    #[error("what came back does not belong to a sign-in that this browser began")]
    Foreign,
    /// The token is not accepted.
    #[error("the token is not accepted: {0}")]
    Token(#[source] jsonwebtoken::errors::Error),
    /// The token is signed rightly but says what is not accepted.
    #[error("the token is not accepted: {0}")]
    Claim(&'static str),
}

impl OpenIdError {
    /// Whether nobody could tell: the provider is to blame, or the way to it.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Client(_) | Self::Unreachable { .. } | Self::Answer { .. } | Self::Down => true,
            Self::Issuer(_)
            | Self::Refused { .. }
            | Self::Foreign
            | Self::Token(_)
            | Self::Claim(_) => false,
        }
    }
}
