//! Asking for jobs.

use time::OffsetDateTime;

use super::JobKey;
use crate::{Database, DatabaseError, moment};

/// What becomes of a job that is there already. One that runs will run once more; one that was given
/// up, or waits to be tried again, stays as it is.
macro_rules! on_conflict {
    ($due:literal) => {
        concat!(
            " ON CONFLICT (institution_id, kind, subject) DO UPDATE SET due = CASE ",
            "WHEN jobs.state = 'waiting' AND jobs.attempts = 0 THEN ",
            $due,
            " ELSE jobs.due END, ",
            "again = CASE WHEN jobs.state = 'running' THEN excluded.due ELSE jobs.again END",
        )
    };
}

const ASK: &str = concat!(
    "INSERT INTO jobs (institution_id, kind, subject, state, due, asked, attempts, last_error) ",
    "VALUES ($1, $2, $3, 'waiting', $4, $5, 0, '')",
    on_conflict!("CASE WHEN excluded.due < jobs.due THEN excluded.due ELSE jobs.due END"),
);

/// A job for every series that the outbox names up to row `$1`: at `$2`, asked for at `$3`. Asked for
/// again, it waits longer, but no longer than `$4` after it was asked for first.
pub(crate) const MANIFESTS: &str = concat!(
    "INSERT INTO jobs (institution_id, kind, subject, state, due, asked, attempts, last_error) ",
    "SELECT DISTINCT institution_id, 'manifest', study_uid || '/' || series_uid, 'waiting', ",
    "CAST($2 AS BIGINT), CAST($3 AS BIGINT), 0, '' FROM outbox WHERE id <= $1",
    on_conflict!(
        "CASE WHEN excluded.due < jobs.asked + $4 THEN excluded.due ELSE jobs.asked + $4 END"
    ),
);

/// A job for every webhook of the institutions that the outbox names up to row `$1`, now: `$2`.
pub(crate) const DELIVERIES: &str = concat!(
    "INSERT INTO jobs (institution_id, kind, subject, state, due, asked, attempts, last_error) ",
    "SELECT w.institution_id, 'deliver', w.id, 'waiting', CAST($2 AS BIGINT), ",
    "CAST($2 AS BIGINT), 0, '' FROM webhooks w WHERE EXISTS (SELECT 1 FROM outbox o ",
    "WHERE o.institution_id = w.institution_id AND o.id <= $1)",
    on_conflict!("jobs.due"),
);

impl Database {
    /// Asks for a job, not before `due`. One that waits is not doubled: the earlier time holds. One
    /// that runs will run once more. A dead letter stays one.
    pub async fn ask_job(&self, key: &JobKey, due: OffsetDateTime) -> Result<(), DatabaseError> {
        let mut binds = key.binds();
        for moment in [due, self.now()] {
            binds.push(crate::sql::Bind::number(moment::to_column(moment)?));
        }
        self.change(ASK, binds).await?;
        Ok(())
    }
}
