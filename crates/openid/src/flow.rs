//! The code flow: what a browser takes to the provider and what it must bring back.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::{
    OpenIdError,
    token::{Claims, text, texts},
};

/// A sign-in that was begun: one secret, of which all else is made. It stays in the browser.
#[derive(Clone)]
pub struct Errand(String);

impl Errand {
    /// Of a secret of at least 128 random bits.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// Ties the answer to the browser (RFC 6749 §10.12).
    pub(crate) fn state(&self) -> String {
        self.derive("yingyun 2026-11 openid state")
    }

    /// Ties the ID token to the question (OpenID Connect Core 1.0 §15.5.2).
    pub(crate) fn nonce(&self) -> String {
        self.derive("yingyun 2026-11 openid nonce")
    }

    /// Ties the code to whoever asked for it (RFC 7636 §4.1).
    pub(crate) fn verifier(&self) -> String {
        self.derive("yingyun 2026-11 openid code verifier")
    }

    /// What the provider is told of the verifier (RFC 7636 §4.2, S256).
    pub(crate) fn challenge(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier()))
    }

    /// Whether the state came back as it was given, in a time that tells nothing.
    pub(crate) fn has_state(&self, state: &str) -> bool {
        blake3::hash(state.as_bytes()) == blake3::hash(self.state().as_bytes())
    }

    /// Whether an ID token answers this question, likewise.
    pub(crate) fn has_nonce(&self, nonce: &str) -> bool {
        blake3::hash(nonce.as_bytes()) == blake3::hash(self.nonce().as_bytes())
    }

    fn derive(&self, purpose: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(blake3::derive_key(purpose, self.0.as_bytes()))
    }
}

impl std::fmt::Debug for Errand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Errand(secret)")
    }
}

/// Who a provider says that somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider's identifier.
    pub issuer: String,
    /// The person's identifier there: never given to another (OpenID Connect Core 1.0 §8).
    pub subject: String,
    /// The name that the provider gives to the account, if it gives one.
    pub name: Option<String>,
    /// What the provider says that the person is, in its own words.
    pub roles: Vec<String>,
}

impl Identity {
    /// Reads the claims; `name` and `roles` are the names of claims.
    pub(crate) fn read(
        issuer: &str,
        claims: &Claims,
        name: &str,
        roles: &str,
    ) -> Result<Self, OpenIdError> {
        let subject = text(claims, "sub").ok_or(OpenIdError::Claim("it names no subject"))?;
        Ok(Self {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            name: text(claims, name).map(str::to_owned),
            roles: texts(claims, roles),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_takes_along_differs_by_errand_and_purpose() {
        let (one, other) = (Errand::new("one"), Errand::new("other"));
        let parts = [
            one.state(),
            one.nonce(),
            one.verifier(),
            one.challenge(),
            other.state(),
        ];
        let distinct: std::collections::BTreeSet<_> = parts.iter().collect();
        assert_eq!(distinct.len(), parts.len());
        // RFC 7636 §4.1: 43 to 128 characters.
        assert_eq!(one.verifier().len(), 43);
        assert!(one.has_state(&one.state()) && !one.has_state(&other.state()));
        assert!(!one.has_state("") && !one.has_nonce(&one.state()));
    }
}
