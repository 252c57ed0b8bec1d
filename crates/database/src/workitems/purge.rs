//! What goes with time: final workitems, and event reports that nobody fetched.

use std::time::Duration;

use crate::{Database, DatabaseError, moment, sql::Bind};

impl Database {
    /// Takes away workitems that reached a final state longer than `kept` ago and that nobody
    /// locks, and those locked ones that reached it longer than `locked` ago. Returns how many.
    pub async fn purge_workitems(
        &self,
        kept: Duration,
        locked: Duration,
    ) -> Result<u64, DatabaseError> {
        let now = self.now();
        let before = moment::to_column(now - kept)?;
        let in_spite = moment::to_column(now - locked)?;
        let due = "ended < $1 AND (ended < $2 OR NOT EXISTS (\
                   SELECT 1 FROM workitem_subscriptions s WHERE s.deletion_lock = 1 \
                   AND s.institution_id = workitems.institution_id AND s.uid = workitems.uid))";
        let binds = || vec![Bind::number(before), Bind::number(in_spite)];
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let sql = format!(
            "INSERT INTO workitems_gone (institution_id, uid, at) \
             SELECT institution_id, uid, ended FROM workitems WHERE {due} ON CONFLICT DO NOTHING"
        );
        connection.execute(&sql, binds()).await?;
        // Only what was noted: a lock may have been let go of between the two statements.
        let sql = format!(
            "DELETE FROM workitems WHERE {due} AND EXISTS (SELECT 1 FROM workitems_gone g \
             WHERE g.institution_id = workitems.institution_id AND g.uid = workitems.uid)"
        );
        let purged = connection.execute(&sql, binds()).await?;
        transaction.commit().await?;
        Ok(purged)
    }

    /// Takes away event reports that are older than `age`, and of each subscriber all but the
    /// newest `most`. Returns how many.
    pub async fn trim_events(&self, age: Duration, most: u32) -> Result<u64, DatabaseError> {
        let before = moment::to_column(self.now() - age)?;
        let sql = "DELETE FROM workitem_events WHERE at < $1 OR number <= (\
                   SELECT s.written - $2 FROM workitem_subscribers s \
                   WHERE s.institution_id = workitem_events.institution_id \
                   AND s.ae_title = workitem_events.ae_title)";
        let binds = vec![Bind::number(before), Bind::number(most.into())];
        self.change(sql, binds).await
    }
}
