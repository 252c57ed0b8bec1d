//! How the worklist is bounded.

use std::time::Duration;

use model::AeTitle;

/// How the worklist is bounded.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Our AE title: who asks for cancellation when somebody does so over the web (PS3.4 Table
    /// CC.2.4-1, Requesting AE).
    pub ae_title: AeTitle,
    /// Worklist Label (0074,1202) of workitems that come without one.
    pub worklist_label: String,
    /// At most so many matches a search, whatever the caller asks.
    pub max_results: u32,
    /// How long a completed or canceled workitem stays.
    pub kept: Duration,
    /// How long it stays where a subscriber's deletion lock holds it.
    pub locked: Duration,
    /// Event reports that wait for one subscriber at most; the oldest go.
    pub events: u32,
    /// How long event reports wait.
    pub event_age: Duration,
    /// How often event reports are looked for that another node wrote.
    pub poll: Duration,
    /// Open notification connections of this node at most.
    pub connections: usize,
}

impl Settings {
    /// The defaults, for a server of that AE title.
    pub fn new(ae_title: AeTitle) -> Self {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self {
            ae_title,
            worklist_label: "Worklist".into(),
            max_results: 10_000,
            kept: DAY * 30,
            locked: DAY * 365,
            events: 10_000,
            event_age: DAY * 7,
            poll: Duration::from_secs(1),
            connections: 256,
        }
    }
}
