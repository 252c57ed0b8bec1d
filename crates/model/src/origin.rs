//! Where a received object came from: provenance that is not in its data set.

use serde::{Deserialize, Serialize};

use crate::AeTitle;

/// By which door an object came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Receiver {
    /// C-STORE.
    Dimse,
    /// STOW-RS.
    Stow,
    /// The command line.
    Import,
}

/// Who sent an object and how. Two objects of one instance are of the same source when their
/// origins are equal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The door.
    pub receiver: Receiver,
    /// Who sent it: calling AE title, account name, `import`.
    pub source: String,
    /// The AE title that received it, for C-STORE.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<AeTitle>,
}
