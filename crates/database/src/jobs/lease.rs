//! Leasing jobs, and how a run ends.

use std::time::Duration;

use time::OffsetDateTime;
use ulid::Ulid;

use super::{JobKey, Kind};
use crate::{
    Database, DatabaseError, moment,
    sql::{Bind, Dialect},
};

/// The longest error that is kept, characters.
const LONGEST_ERROR: usize = 300;

/// A lease that a worker asks for.
#[derive(Clone, Copy, Debug)]
pub struct Lease<'a> {
    /// Its name: of this run and of no other.
    pub id: Ulid,
    /// Who asks: a name of the process.
    pub owner: &'a str,
    /// How long it lasts unless it is renewed.
    pub lasts: Duration,
}

/// A job that a worker has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leased {
    /// Which.
    pub key: JobKey,
    /// The name of the lease.
    pub lease: Ulid,
    /// Runs begun since one ended well, this one included.
    pub attempts: u32,
}

impl Database {
    /// Leases the job of `kinds` that has been due longest, one whose lease ended among them; none:
    /// nothing is due.
    pub async fn take_job(
        &self,
        kinds: &[Kind],
        lease: &Lease<'_>,
    ) -> Result<Option<Leased>, DatabaseError> {
        let names: Vec<String> = kinds
            .iter()
            .map(|kind| format!("'{}'", kind.as_str()))
            .collect();
        let due = format!(
            "SELECT institution_id, kind, subject FROM jobs WHERE kind IN ({}) \
             AND state <> 'dead' AND due <= $1 ORDER BY due LIMIT 1",
            names.join(", ")
        );
        let now = self.now();
        let column = Bind::number(moment::to_column(now)?);
        // Looking costs no write lock, and mostly nothing is due.
        let mut reader = self.reader().await?;
        let found = reader
            .connection()
            .fetch_first(&due, vec![column.clone()])
            .await?;
        drop(reader);
        if found.is_none() {
            return Ok(None);
        }
        let skip = match self.store().dialect() {
            Dialect::Postgres => " FOR UPDATE SKIP LOCKED",
            Dialect::Sqlite => "",
        };
        let take = format!(
            "UPDATE jobs SET state = 'running', lease = $2, owner = $3, due = $4, \
             attempts = attempts + 1 WHERE (institution_id, kind, subject) = ({due}{skip}) \
             RETURNING institution_id, kind, subject, attempts"
        );
        let binds = vec![
            column,
            Bind::text(lease.id.to_string()),
            Bind::text(lease.owner),
            Bind::number(moment::to_column(now + lease.lasts)?),
        ];
        let mut transaction = self.begin().await?;
        let taken = transaction.connection().fetch_first(&take, binds).await?;
        transaction.commit().await?;
        taken
            .map(|row| {
                Ok(Leased {
                    key: JobKey::read(&row)?,
                    lease: lease.id,
                    attempts: row.small(3)?,
                })
            })
            .transpose()
    }

    /// Renews a lease; false: it was lost, and the job is another's.
    pub async fn keep_job(&self, lease: Ulid, lasts: Duration) -> Result<bool, DatabaseError> {
        let until = moment::to_column(self.now() + lasts)?;
        let sql = "UPDATE jobs SET due = $2 WHERE lease = $1";
        let binds = vec![Bind::text(lease.to_string()), Bind::number(until)];
        Ok(self.change(sql, binds).await? == 1)
    }

    /// The job is done: it goes, or waits again where it was asked for meanwhile. False: the lease was
    /// lost, and nothing is changed.
    pub async fn finish_job(&self, lease: Ulid) -> Result<bool, DatabaseError> {
        let lease = vec![Bind::text(lease.to_string())];
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let gone = "DELETE FROM jobs WHERE lease = $1 AND again IS NULL";
        let mut ended = connection.execute(gone, lease.clone()).await?;
        if ended == 0 {
            let again = "UPDATE jobs SET state = 'waiting', due = again, asked = again, \
                         again = NULL, attempts = 0, lease = NULL, owner = NULL, last_error = '' \
                         WHERE lease = $1";
            ended = connection.execute(again, lease).await?;
        }
        transaction.commit().await?;
        Ok(ended == 1)
    }

    /// The run failed: the job is tried again at `again`, or is a dead letter where that is none.
    /// `attempts` is what counts of its runs. False: the lease was lost, and nothing is changed.
    pub async fn fail_job(
        &self,
        lease: Ulid,
        error: &str,
        attempts: u32,
        again: Option<OffsetDateTime>,
    ) -> Result<bool, DatabaseError> {
        let sql = "UPDATE jobs SET state = $2, due = $3, attempts = $4, last_error = $5, \
                   again = NULL, lease = NULL, owner = NULL WHERE lease = $1";
        let state = if again.is_some() { "waiting" } else { "dead" };
        let error: String = error.chars().take(LONGEST_ERROR).collect();
        let binds = vec![
            Bind::text(lease.to_string()),
            Bind::text(state),
            Bind::number(moment::to_column(again.unwrap_or_else(|| self.now()))?),
            Bind::number(attempts.into()),
            Bind::text(error),
        ];
        Ok(self.change(sql, binds).await? == 1)
    }

    /// Gives a lease back: another worker may begin at once, and this run does not count.
    pub async fn give_job_back(&self, lease: Ulid) -> Result<bool, DatabaseError> {
        let sql = "UPDATE jobs SET state = 'waiting', due = $2, attempts = attempts - 1, \
                   again = NULL, lease = NULL, owner = NULL WHERE lease = $1";
        let now = Bind::number(moment::to_column(self.now())?);
        let binds = vec![Bind::text(lease.to_string()), now];
        Ok(self.change(sql, binds).await? == 1)
    }
}
