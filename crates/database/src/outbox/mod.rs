//! Changes, written in the transaction of what changed, until the sequencer numbers them.

/// What happened to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A version was written that is shown.
    Stored,
    /// A version was written that is not shown.
    Kept,
    /// A version was taken out of the index.
    Deleted,
    /// A version was taken out of the index as rejected.
    Rejected,
    /// Told by earlier releases besides `stored`, of a version that was rejected and is no longer.
    Restored,
}

impl Kind {
    /// Its name, as the column holds it and readers are told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Kept => "kept",
            Self::Deleted => "deleted",
            Self::Rejected => "rejected",
            Self::Restored => "restored",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [
            Self::Stored,
            Self::Kept,
            Self::Deleted,
            Self::Rejected,
            Self::Restored,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == text)
    }
}
