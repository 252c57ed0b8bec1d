//! Changes, written in the transaction of what changed, until the sequencer numbers them.

use model::ObjectKey;
use time::OffsetDateTime;

use crate::{Database, DatabaseError, moment, sql::Bind, studies::object_key};

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
    /// A version that was rejected is no longer; what its row is was told before.
    Restored,
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

impl Database {
    /// Changes that wait, by number, at most `limit`.
    pub async fn changes(&self, limit: u32) -> Result<Vec<Change>, DatabaseError> {
        let sql = "SELECT institution_id, study_uid, series_uid, sop_uid, ulid, id, kind, at \
                   FROM outbox ORDER BY id LIMIT $1";
        let mut reader = self.reader().await?;
        let rows = reader
            .connection()
            .fetch(sql, vec![Bind::number(limit.into())])
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Change {
                    id: row.number(5)?,
                    kind: row.parsed(6, Kind::parse)?,
                    object: object_key(row)?,
                    at: moment::from_column(row.number(7)?)?,
                })
            })
            .collect()
    }
}
