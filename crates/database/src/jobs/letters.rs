//! What an operator asks of jobs.

use time::OffsetDateTime;

use super::{JobKey, Kind, State};
use crate::{Database, DatabaseError, moment, sql::Bind};

/// A job in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub key: JobKey,
    /// Whether it waits, runs, or was given up.
    pub state: State,
    /// When it runs, when its lease ends, or since when it is a dead letter.
    pub due: OffsetDateTime,
    /// Runs begun since one ended well.
    pub attempts: u32,
    /// Why the last run failed; empty: none did.
    pub last_error: String,
}

/// Jobs of a kind in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What they do.
    pub kind: Kind,
    /// Their state.
    pub state: State,
    /// How many.
    pub count: u64,
    /// The moment of the one that has been due longest.
    pub oldest: OffsetDateTime,
}

impl Database {
    /// Jobs in one state, or in all, those due first; at most `limit`.
    pub async fn list_jobs(
        &self,
        state: Option<State>,
        limit: u32,
    ) -> Result<Vec<Listed>, DatabaseError> {
        let sql = "SELECT institution_id, kind, subject, state, due, attempts, last_error \
                   FROM jobs WHERE $1 = '' OR state = $1 \
                   ORDER BY due, institution_id, kind, subject LIMIT $2";
        let binds = vec![
            Bind::text(state.map_or("", State::as_str)),
            Bind::number(limit.into()),
        ];
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(sql, binds).await?;
        rows.iter()
            .map(|row| {
                Ok(Listed {
                    key: JobKey::read(row)?,
                    state: row.parsed(3, State::parse)?,
                    due: moment::from_column(row.number(4)?)?,
                    attempts: row.small(5)?,
                    last_error: row.text(6)?,
                })
            })
            .collect()
    }

    /// Has dead letters tried again now, of one kind or all, of one subject or all; returns how many.
    pub async fn retry_dead_jobs(
        &self,
        kind: Option<Kind>,
        subject: Option<&str>,
    ) -> Result<u64, DatabaseError> {
        let sql = "UPDATE jobs SET state = 'waiting', due = $3, asked = $3, attempts = 0 \
                   WHERE state = 'dead' AND ($1 = '' OR kind = $1) AND ($2 = '' OR subject = $2)";
        let mut binds = chosen(kind, subject);
        binds.push(Bind::number(moment::to_column(self.now())?));
        self.change(sql, binds).await
    }

    /// Takes dead letters away, chosen likewise; returns how many.
    pub async fn drop_dead_jobs(
        &self,
        kind: Option<Kind>,
        subject: Option<&str>,
    ) -> Result<u64, DatabaseError> {
        let sql = "DELETE FROM jobs WHERE state = 'dead' AND ($1 = '' OR kind = $1) \
                   AND ($2 = '' OR subject = $2)";
        self.change(sql, chosen(kind, subject)).await
    }

    /// How many jobs of each kind are in each state.
    pub async fn count_jobs(&self) -> Result<Vec<Counted>, DatabaseError> {
        let sql = "SELECT kind, state, COUNT(*), MIN(due) FROM jobs GROUP BY kind, state \
                   ORDER BY kind, state";
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(sql, Vec::new()).await?;
        rows.iter()
            .map(|row| {
                Ok(Counted {
                    kind: row.parsed(0, Kind::parse)?,
                    state: row.parsed(1, State::parse)?,
                    count: row.size(2)?,
                    oldest: moment::from_column(row.number(3)?)?,
                })
            })
            .collect()
    }
}

fn chosen(kind: Option<Kind>, subject: Option<&str>) -> Vec<Bind> {
    vec![
        Bind::text(kind.map_or("", Kind::as_str)),
        Bind::text(subject.unwrap_or_default()),
    ]
}
