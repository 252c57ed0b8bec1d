//! Reading numbered changes, and forgetting old ones.

use std::time::Duration;

use model::{InstanceKey, InstitutionId, Uid};
use time::OffsetDateTime;

use crate::{Database, DatabaseError, moment, outbox::Kind, sql::Bind};

/// A change with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedChange {
    /// 1, 2, 3 … of the institution.
    pub number: u64,
    /// What happened.
    pub kind: Kind,
    /// To which instance.
    pub instance: InstanceKey,
    /// When.
    pub at: OffsetDateTime,
}

/// Changes after a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangePage {
    /// When the institution's first change was given its number; none: it has none yet. An index that
    /// was made anew counts anew, and began at another moment.
    pub began: Option<OffsetDateTime>,
    /// The number of the institution's last change; 0: there is none yet.
    pub last: u64,
    /// The number of the first change after the one that was asked for that is kept.
    pub oldest: Option<u64>,
    /// Changes in the order of their numbers, without a gap; none: the number that was asked for was
    /// never given, or what follows it is no longer kept.
    pub changes: Option<Vec<NumberedChange>>,
}

impl Database {
    /// The changes of an institution after number `after`, at most `limit`.
    pub async fn changes_after(
        &self,
        institution: &InstitutionId,
        after: u64,
        limit: u32,
    ) -> Result<ChangePage, DatabaseError> {
        let own = Bind::text(institution.as_str());
        let head = "SELECT last_number, began FROM change_heads WHERE institution_id = $1";
        let rows = "SELECT number, kind, study_uid, series_uid, sop_uid, at FROM changes \
                    WHERE institution_id = $1 AND number > $2 ORDER BY number LIMIT $3";
        let mut reader = self.reader().await?;
        let mut connection = reader.connection();
        let head = connection.fetch_first(head, vec![own.clone()]).await?;
        let (last, began) = match head {
            Some(row) => (row.size(0)?, Some(moment::from_column(row.number(1)?)?)),
            None => (0, None),
        };
        let binds = vec![
            own,
            Bind::size("the number of a change", after)?,
            Bind::number(limit.into()),
        ];
        let rows = connection.fetch(rows, binds).await?;
        let uid = |text: &str| Uid::new(text).ok();
        let changes = rows
            .iter()
            .map(|row| {
                Ok(NumberedChange {
                    number: row.size(0)?,
                    kind: row.parsed(1, Kind::parse)?,
                    instance: InstanceKey {
                        institution: institution.clone(),
                        study: row.parsed(2, uid)?,
                        series: row.parsed(3, uid)?,
                        sop: row.parsed(4, uid)?,
                    },
                    at: moment::from_column(row.number(5)?)?,
                })
            })
            .collect::<Result<Vec<_>, DatabaseError>>()?;
        let follows = match changes.first() {
            Some(first) => first.number == after + 1,
            None => after == last,
        };
        Ok(ChangePage {
            began,
            last,
            oldest: changes.first().map(|first| first.number),
            changes: follows.then_some(changes),
        })
    }

    /// Forgets changes older than `age`, always the ones with the smallest numbers, at most `limit` of
    /// an institution; returns how many.
    pub async fn forget_changes(&self, age: Duration, limit: u32) -> Result<u64, DatabaseError> {
        let before = Bind::number(moment::to_column(self.now() - age)?);
        let heads = "SELECT institution_id, last_number FROM change_heads";
        let kept = "SELECT number FROM changes WHERE institution_id = $1 AND at >= $2 \
                    ORDER BY number LIMIT 1";
        let oldest = "SELECT number FROM changes WHERE institution_id = $1 ORDER BY number LIMIT 1";
        let gone = "DELETE FROM changes WHERE institution_id = $1 AND number < $2";
        let mut reader = self.reader().await?;
        let mut forgotten = 0;
        for row in reader.connection().fetch(heads, Vec::new()).await? {
            let (institution, last) = (Bind::text(row.text(0)?), row.number(1)?);
            let mut connection = reader.connection();
            let own = vec![institution.clone()];
            let Some(oldest) = connection.fetch_first(oldest, own).await? else {
                continue;
            };
            let binds = vec![institution.clone(), before.clone()];
            let kept = connection.fetch_first(kept, binds).await?;
            let kept = kept.map_or(Ok(last + 1), |row| row.number(0))?;
            let bound = kept.min(oldest.number(0)? + i64::from(limit));
            if bound > oldest.number(0)? {
                let binds = vec![institution, Bind::number(bound)];
                forgotten += self.change(gone, binds).await?;
            }
        }
        Ok(forgotten)
    }
}
