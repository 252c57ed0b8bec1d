//! What is known of an object at its end, and what became of it.

use database::Committed;
use model::{InstanceKey, TransferSyntax, Uid};

use crate::rejection::Note;

/// What was found in an object.
pub(crate) struct Found {
    pub(crate) sop_class: Uid,
    pub(crate) digest: [u8; 32],
    pub(crate) transfer_syntax: TransferSyntax,
    /// What it has rejected, if it is a rejection note.
    pub(crate) note: Option<Note>,
}

/// What became of an object that was taken.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// Where it stands.
    pub key: InstanceKey,
    /// Its SOP class.
    pub sop_class: Uid,
    /// What the index did.
    pub outcome: Committed,
}
