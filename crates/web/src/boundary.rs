//! Boundaries for multipart answers.

use accounts::{Secrets, random_hex};

/// A boundary of 128 random bits: no stored byte string can be made to hold it (RFC 2046 §5.1.1).
pub(crate) fn boundary(secrets: &dyn Secrets) -> String {
    format!("yingyun-{}", random_hex::<16>(secrets))
}
