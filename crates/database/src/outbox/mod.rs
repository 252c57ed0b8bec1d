//! Changes, written in the transaction of what changed, for whoever works on them later.

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

fn kind(text: &str) -> Option<Kind> {
    match text {
        "stored" => Some(Kind::Stored),
        "kept" => Some(Kind::Kept),
        "deleted" => Some(Kind::Deleted),
        "rejected" => Some(Kind::Rejected),
        "restored" => Some(Kind::Restored),
        _ => None,
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
                    kind: row.parsed(6, kind)?,
                    object: object_key(row)?,
                    at: moment::from_column(row.number(7)?)?,
                })
            })
            .collect()
    }

    /// Takes changes out of the outbox that have been worked on.
    pub async fn changes_done(&self, ids: &[i64]) -> Result<(), DatabaseError> {
        let mut transaction = self.begin().await?;
        for id in ids {
            let sql = "DELETE FROM outbox WHERE id = $1";
            transaction
                .connection()
                .execute(sql, vec![Bind::number(*id)])
                .await?;
        }
        transaction.commit().await
    }
}
