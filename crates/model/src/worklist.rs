//! Words of the worklist (PS3.4 annex CC).

/// The state of a unified procedure step (PS3.4 §CC.1.1), Procedure Step State (0074,1000).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepState {
    /// Nobody works on it yet.
    Scheduled,
    /// Somebody has claimed it, with a Transaction UID.
    InProgress,
    /// Done; it does not change any more.
    Completed,
    /// Given up; it does not change any more.
    Canceled,
}

impl StepState {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Scheduled,
        Self::InProgress,
        Self::Completed,
        Self::Canceled,
    ];

    /// The value of Procedure Step State.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "SCHEDULED",
            Self::InProgress => "IN PROGRESS",
            Self::Completed => "COMPLETED",
            Self::Canceled => "CANCELED",
        }
    }

    /// Reads a value of Procedure Step State.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether the step does not change any more.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Canceled)
    }
}

/// What one subscribes to besides a single workitem (PS3.4 §CC.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Worklist {
    /// Every workitem.
    All,
    /// Every workitem that matches a filter.
    Filtered,
}

impl Worklist {
    /// The well-known SOP Instance UID that stands for it (PS3.4 §CC.2.3.1).
    pub fn uid(self) -> &'static str {
        match self {
            Self::All => "1.2.840.10008.5.1.4.34.5",
            Self::Filtered => "1.2.840.10008.5.1.4.34.5.1",
        }
    }

    /// Reads a well-known UID.
    pub fn parse(uid: &str) -> Option<Self> {
        [Self::All, Self::Filtered]
            .into_iter()
            .find(|worklist| worklist.uid() == uid)
    }
}
