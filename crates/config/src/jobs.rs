//! `[jobs]`, `[changes]` and `[webhooks]`: work behind the doors, and who is told of changes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigError, error::within};

/// Work behind the doors.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Jobs {
    /// Jobs that this server does at once; 0: none, other servers do them.
    pub workers: u32,
    /// How long a lease lasts unless it is renewed: so long the jobs of a server that died wait.
    pub lease_seconds: u32,
    /// Runs of a job that may fail; then it is a dead letter.
    pub attempts: u32,
    /// The wait after the first failure; each next one is twice as long.
    pub first_delay_seconds: u32,
    /// The longest wait.
    pub longest_delay_seconds: u32,
    /// How often it is looked for jobs that are due.
    pub poll_milliseconds: u32,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            workers: 2,
            lease_seconds: 30,
            attempts: 12,
            first_delay_seconds: 5,
            longest_delay_seconds: 60 * 60,
            poll_milliseconds: 1000,
        }
    }
}

impl Jobs {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        within("jobs.workers", self.workers.into(), 0..=256)?;
        within("jobs.lease_seconds", self.lease_seconds.into(), 1..=3600)?;
        within("jobs.attempts", self.attempts.into(), 1..=1000)?;
        within(
            "jobs.first_delay_seconds",
            self.first_delay_seconds.into(),
            1..=3600,
        )?;
        within(
            "jobs.longest_delay_seconds",
            self.longest_delay_seconds.into(),
            u64::from(self.first_delay_seconds)..=7 * 24 * 60 * 60,
        )?;
        within(
            "jobs.poll_milliseconds",
            self.poll_milliseconds.into(),
            10..=60_000,
        )
    }
}

/// The change feed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Changes {
    /// How long changes are kept.
    pub keep_days: u32,
    /// How often new changes get their numbers.
    pub poll_milliseconds: u32,
    /// Changes that get their numbers in one transaction.
    pub batch: u32,
    /// Changes in one answer at most.
    pub page: u32,
    /// How long a request may wait for a change.
    pub wait_seconds: u32,
}

impl Default for Changes {
    fn default() -> Self {
        Self {
            keep_days: 90,
            poll_milliseconds: 250,
            batch: 1000,
            page: 1000,
            wait_seconds: 10,
        }
    }
}

impl Changes {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        within("changes.keep_days", self.keep_days.into(), 1..=36_500)?;
        within(
            "changes.poll_milliseconds",
            self.poll_milliseconds.into(),
            10..=60_000,
        )?;
        within("changes.batch", self.batch.into(), 1..=100_000)?;
        within("changes.page", self.page.into(), 1..=100_000)?;
        within("changes.wait_seconds", self.wait_seconds.into(), 0..=60)
    }
}

/// Who is told of changes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Webhooks {
    /// Hosts that messages may go to, over TLS: `hooks.example.org`, `*.example.org`,
    /// `10.0.0.7:8443`, `https://` before it or not; without TLS: `http://10.0.0.7:8080`. None: there are no webhooks.
    pub allowed_hosts: Vec<String>,
    /// How long a receiver may take to answer.
    pub timeout_seconds: u32,
    /// Changes in a message at most.
    pub batch: u32,
    /// Subscriptions that an institution may have.
    pub most: u32,
}

impl Default for Webhooks {
    fn default() -> Self {
        Self {
            allowed_hosts: Vec::new(),
            timeout_seconds: 10,
            batch: 100,
            most: 20,
        }
    }
}

impl Webhooks {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        for host in &self.allowed_hosts {
            let plain = host.strip_prefix("http://");
            let name = plain.or(host.strip_prefix("https://")).unwrap_or(host);
            if name.is_empty() || name.contains(['/', '@', ' ']) {
                let mend = "give hosts as hooks.example.org, *.example.org, 10.0.0.7:8443 \
                            or http://10.0.0.7:8080";
                return Err(ConfigError::value("webhooks.allowed_hosts", host, mend));
            }
        }
        within(
            "webhooks.timeout_seconds",
            self.timeout_seconds.into(),
            1..=300,
        )?;
        within("webhooks.batch", self.batch.into(), 1..=10_000)?;
        within("webhooks.most", self.most.into(), 0..=10_000)
    }
}
