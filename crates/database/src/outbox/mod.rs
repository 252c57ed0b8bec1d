//! Changes, written in the transaction of what changed, for whoever works on them later.

use model::ObjectKey;
use time::OffsetDateTime;

use crate::{Database, DatabaseError};

/// What happened to an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A version was written that is shown.
    Stored,
    /// A version was written that is not shown.
    Kept,
    /// A version was taken out of the index.
    Deleted,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Number of the row; not the order of commits.
    pub id: i64,
    /// What happened.
    pub kind: Kind,
    /// To which version.
    pub object: ObjectKey,
    /// When.
    pub at: OffsetDateTime,
}

impl Database {
    /// Changes that wait, by number, at most `limit`.
    pub async fn changes(&self, _limit: u32) -> Result<Vec<Change>, DatabaseError> {
        unimplemented!()
    }

    /// Takes changes out of the outbox that have been worked on.
    pub async fn changes_done(&self, _ids: &[i64]) -> Result<(), DatabaseError> {
        unimplemented!()
    }
}
