//! Tokens of sessions and programs: the client holds the token, the index its hash.

use crate::{Secrets, random_hex};

/// A new token of 256 random bits.
pub fn new_token(secrets: &dyn Secrets) -> String {
    random_hex::<32>(secrets)
}

/// What the index keeps of a token. The token is random, so a plain hash hides it.
pub fn hash(token: &str) -> [u8; 32] {
    *blake3::hash(token.as_bytes()).as_bytes()
}
