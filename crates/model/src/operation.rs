//! What is done with patient data, and what for.

use std::str::FromStr;

/// What for the data is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Care of the patient.
    Treatment,
    /// Keeping the archive itself (import, verify, reindex).
    Operation,
}

/// What is done with patient data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// Putting objects in (C-STORE, STOW, import).
    Store,
    /// Searching (C-FIND, QIDO).
    Query,
    /// Reading objects (C-MOVE, C-GET, WADO).
    Retrieve,
    /// Deleting a study.
    Delete,
    /// Reading the worklist and following it (UPS-RS search, retrieve, subscribe).
    Worklist,
    /// Putting workitems on the worklist, changing and performing them (UPS-RS).
    Schedule,
    /// Telling when a patient's treatment begins and ends.
    Encounter,
    /// Writing down what a patient allows and forbids, and which studies are sensitive.
    Consent,
    /// Letting another institution see what the own one holds.
    Refer,
    /// Seeing in an emergency what nothing else allows.
    Emergency,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 10] = [
        Self::Store,
        Self::Query,
        Self::Retrieve,
        Self::Delete,
        Self::Worklist,
        Self::Schedule,
        Self::Encounter,
        Self::Consent,
        Self::Refer,
        Self::Emergency,
    ];

    /// Its name in the configuration, in the index and at the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Query => "query",
            Self::Retrieve => "retrieve",
            Self::Delete => "delete",
            Self::Worklist => "worklist",
            Self::Schedule => "schedule",
            Self::Encounter => "encounter",
            Self::Consent => "consent",
            Self::Refer => "refer",
            Self::Emergency => "emergency",
        }
    }
}

/// No operation has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no operation: {names}", names = Operation::ALL.map(Operation::as_str).join(", "))]
pub struct UnknownOperation(pub String);

impl FromStr for Operation {
    type Err = UnknownOperation;

    fn from_str(text: &str) -> Result<Self, UnknownOperation> {
        let named = Self::ALL.into_iter().find(|one| one.as_str() == text);
        named.ok_or_else(|| UnknownOperation(text.to_owned()))
    }
}
