//! `[worklist]`: workitems of UPS-RS, and the event reports about them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigError, error::within};

/// Workitems of UPS-RS, and the event reports about them.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Worklist {
    /// Worklist Label of workitems that come without one.
    pub label: String,
    /// The longest workitem.
    pub workitem_bytes: u64,
    /// How long a completed or canceled workitem stays.
    pub kept_days: u32,
    /// How long it stays where a subscriber's deletion lock holds it.
    pub locked_days: u32,
    /// Event reports that wait for one subscriber at most; the oldest go.
    pub events: u32,
    /// How long event reports wait.
    pub event_days: u32,
    /// How often event reports are looked for that another node wrote.
    pub poll_milliseconds: u32,
    /// Open notification connections (WebSockets) at most.
    pub connections: u32,
}

impl Default for Worklist {
    fn default() -> Self {
        Self {
            label: "Worklist".into(),
            workitem_bytes: 1 << 20,
            kept_days: 30,
            locked_days: 365,
            events: 10_000,
            event_days: 7,
            poll_milliseconds: 1000,
            connections: 256,
        }
    }
}

impl Worklist {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        let length = self.label.trim().len();
        if !(1..=64).contains(&length) || self.label.contains('\\') {
            let mend = "give 1 to 64 characters without a backslash (VR LO)";
            return Err(ConfigError::value("worklist.label", &self.label, mend));
        }
        within(
            "worklist.workitem_bytes",
            self.workitem_bytes,
            4 << 10..=64 << 20,
        )?;
        within("worklist.kept_days", self.kept_days.into(), 0..=36_500)?;
        within(
            "worklist.locked_days",
            self.locked_days.into(),
            self.kept_days.into()..=36_500,
        )?;
        within("worklist.events", self.events.into(), 1..=1_000_000)?;
        within("worklist.event_days", self.event_days.into(), 1..=3650)?;
        within(
            "worklist.poll_milliseconds",
            self.poll_milliseconds.into(),
            50..=60_000,
        )?;
        within("worklist.connections", self.connections.into(), 0..=100_000)
    }
}
