//! `[http.sign_in]`: what slows down who guesses passwords.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigError, error::within};

/// What slows down who guesses passwords.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SignIn {
    /// Passwords checked at a time; each check takes 19 MiB and a core.
    pub checks: u32,
    /// Sign-ins that wait for a check; more get 429.
    pub waiting: u32,
    /// How long one waits for a check; then 429.
    pub wait_seconds: u32,
    /// Failures of an account that cost nothing. Those after it double the wait, from one second.
    pub account_failures: u32,
    /// Failures from an address (IPv6: a /64) that cost nothing; likewise.
    pub address_failures: u32,
    /// The longest wait after a failure.
    pub max_delay_seconds: u32,
    /// Failures are forgotten so long after the last.
    pub forget_seconds: u32,
    /// Accounts, and as many addresses, whose failures are remembered.
    pub remembered: u32,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            checks: 2,
            waiting: 16,
            wait_seconds: 10,
            account_failures: 5,
            address_failures: 20,
            max_delay_seconds: 60,
            forget_seconds: 900,
            remembered: 10_000,
        }
    }
}

impl SignIn {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let within = |key: &str, value: u32, range| {
            within(&format!("http.sign_in.{key}"), value.into(), range)
        };
        within("checks", self.checks, 1..=64)?;
        within("waiting", self.waiting, 0..=10_000)?;
        within("wait_seconds", self.wait_seconds, 1..=300)?;
        within("account_failures", self.account_failures, 1..=1000)?;
        within("address_failures", self.address_failures, 1..=100_000)?;
        within("max_delay_seconds", self.max_delay_seconds, 1..=86_400)?;
        let longest = u64::from(self.max_delay_seconds);
        within("forget_seconds", self.forget_seconds, longest..=604_800)?;
        within("remembered", self.remembered, 100..=1_000_000)
    }
}
