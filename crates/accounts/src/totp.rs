//! Time-based one-time passwords (TOTP, RFC 6238): what an authenticator app shows.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use time::OffsetDateTime;

use crate::Secrets;

/// How long a code stands, seconds (RFC 6238 §4.1).
const STEP: i64 = 30;
/// Digits of a code; with SHA-1 and 30 seconds the one form that every authenticator app knows.
const DIGITS: u32 = 6;
/// Steps before and after the present one that are taken: clocks differ, and people type (RFC 6238 §5.2).
const DRIFT: i64 = 1;

/// A secret that is shared with an authenticator app: 160 bits, as RFC 4226 §4 asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TotpSecret([u8; 20]);

impl TotpSecret {
    /// A new one.
    pub fn new(secrets: &dyn Secrets) -> Self {
        let mut bytes = [0; 20];
        secrets.fill(&mut bytes);
        Self(bytes)
    }

    /// What the index keeps; none for bytes of another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// What the index keeps.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As people type it into an app (RFC 4648 §6, without padding).
    pub fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// The step whose code this is, counted from 1970; none of the present one and its neighbours: none. Take each step
    /// once only (RFC 6238 §5.2).
    pub fn step(&self, code: &str, now: OffsetDateTime) -> Option<i64> {
        let is_code = code.len() == DIGITS as usize && code.bytes().all(|b| b.is_ascii_digit());
        let code: u32 = code.parse().ok().filter(|_| is_code)?;
        let present = now.unix_timestamp().div_euclid(STEP);
        // Every one is looked at, so that the time tells nothing.
        let mut found = None;
        for step in present - DRIFT..=present + DRIFT {
            if self.code(step) ^ code == 0 {
                found = Some(step);
            }
        }
        found
    }

    /// HOTP of a step (RFC 4226 §5.3).
    fn code(&self, step: i64) -> u32 {
        let mut mac =
            Hmac::<Sha1>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let offset = usize::from(digest[19] & 0x0f);
        let mut four = [0; 4];
        four.copy_from_slice(&digest[offset..offset + 4]);
        (u32::from_be_bytes(four) & 0x7fff_ffff) % 10_u32.pow(DIGITS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp(seconds).unwrap()
    }

    /// RFC 6238 Appendix B, SHA-1; of its eight digits the last six.
    #[test]
    fn the_codes_of_the_rfc_are_known() {
        let secret = TotpSecret(*b"12345678901234567890");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.step(code, at(seconds)), Some(seconds / 30), "{code}");
        }
        assert_eq!(secret.base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn a_code_stands_for_a_moment_before_and_after() {
        let secret = TotpSecret(*b"12345678901234567890");
        // The code of step 1, seconds 30 to 59.
        for (seconds, taken) in [(-1, false), (0, true), (59, true), (89, true), (90, false)] {
            let step = secret.step("287082", at(seconds));
            assert_eq!(step, taken.then_some(1), "{seconds}");
        }
        for other in ["287083", "28708", "2870822", "+87082", "", "二八七零八二"] {
            assert_eq!(secret.step(other, at(59)), None, "{other}");
        }
    }
}
