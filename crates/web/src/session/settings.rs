//! What bounds signing in.

use std::time::Duration;

/// What bounds signing in.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Passwords checked at once; each check takes 19 MiB and a core.
    pub checks: usize,
    /// Sign-ins that wait for a check; more are told to come again.
    pub waiting: usize,
    /// How long one waits for a check.
    pub patience: Duration,
    /// Failures of an account that cost nothing.
    pub account_failures: u32,
    /// Failures from an address that cost nothing.
    pub address_failures: u32,
    /// The longest wait after a failure; the first is a second, each next one twice as long.
    pub max_delay: Duration,
    /// How long after the last failure all of them are forgotten.
    pub forget: Duration,
    /// Accounts, and as many addresses, whose failures are remembered.
    pub remembered: usize,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            checks: 2,
            waiting: 16,
            patience: Duration::from_secs(10),
            account_failures: 5,
            address_failures: 20,
            max_delay: Duration::from_secs(60),
            forget: Duration::from_secs(15 * 60),
            remembered: 10_000,
        }
    }
}
