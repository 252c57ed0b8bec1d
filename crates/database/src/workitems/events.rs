//! Event reports that wait for their subscribers.

use model::{AeTitle, InstitutionId};

use super::title;
use crate::{
    Database, DatabaseError, moment,
    sql::{Bind, Connection},
};

impl Database {
    /// The number of the last event that a subscriber has; none: nobody of that title follows
    /// anything, or ever did.
    pub async fn acknowledged_event(
        &self,
        institution: &InstitutionId,
        subscriber: &AeTitle,
    ) -> Result<Option<i64>, DatabaseError> {
        let sql = "SELECT acknowledged FROM workitem_subscribers \
                   WHERE institution_id = $1 AND ae_title = $2";
        let mut reader = self.reader().await?;
        let binds = own(institution, subscriber);
        let row = reader.connection().fetch_first(sql, binds).await?;
        row.map(|row| row.number(0)).transpose()
    }

    /// Events for a subscriber after number `after`, in order, at most `limit`, with their numbers.
    pub async fn events(
        &self,
        institution: &InstitutionId,
        subscriber: &AeTitle,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, String)>, DatabaseError> {
        let sql = "SELECT number, report FROM workitem_events \
                   WHERE institution_id = $1 AND ae_title = $2 AND number > $3 \
                   ORDER BY number LIMIT $4";
        let mut binds = own(institution, subscriber);
        binds.extend([Bind::number(after), Bind::number(limit.into())]);
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(sql, binds).await?;
        rows.iter()
            .map(|row| Ok((row.number(0)?, row.text(1)?)))
            .collect()
    }

    /// Notes that a subscriber has all events up to `number`.
    pub async fn acknowledge_events(
        &self,
        institution: &InstitutionId,
        subscriber: &AeTitle,
        number: i64,
    ) -> Result<(), DatabaseError> {
        let sql = "UPDATE workitem_subscribers SET acknowledged = $3 \
                   WHERE institution_id = $1 AND ae_title = $2 AND acknowledged < $3";
        let mut binds = own(institution, subscriber);
        binds.push(Bind::number(number));
        self.change(sql, binds).await?;
        Ok(())
    }

    /// Writes an event for everybody who follows anything.
    pub async fn tell_everybody(
        &self,
        institution: &InstitutionId,
        report: &str,
    ) -> Result<(), DatabaseError> {
        let now = moment::to_column(self.now())?;
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let sql = "SELECT ae_title FROM workitem_subscribers s WHERE institution_id = $1 AND (\
                   EXISTS (SELECT 1 FROM workitem_subscriptions i \
                   WHERE i.institution_id = s.institution_id AND i.ae_title = s.ae_title) \
                   OR EXISTS (SELECT 1 FROM worklist_subscriptions w \
                   WHERE w.institution_id = s.institution_id AND w.ae_title = s.ae_title)) \
                   ORDER BY ae_title";
        let binds = vec![Bind::text(institution.as_str())];
        for row in connection.fetch(sql, binds).await? {
            let subscriber = title(&row, 0)?;
            let report = [report.to_owned()];
            append(&mut connection, institution, &subscriber, &report, now).await?;
        }
        transaction.commit().await
    }
}

fn own(institution: &InstitutionId, subscriber: &AeTitle) -> Vec<Bind> {
    vec![
        Bind::text(institution.as_str()),
        Bind::text(subscriber.as_str()),
    ]
}

/// Writes events for a subscriber, numbered in the order in which transactions commit: the
/// subscriber's row is held until then, so no reader meets a gap that fills later.
pub(super) async fn append(
    connection: &mut Connection<'_>,
    institution: &InstitutionId,
    subscriber: &AeTitle,
    reports: &[String],
    now: i64,
) -> Result<(), DatabaseError> {
    for report in reports {
        let sql = "UPDATE workitem_subscribers SET written = written + 1 \
                   WHERE institution_id = $1 AND ae_title = $2 RETURNING written";
        let row = connection
            .fetch_first(sql, own(institution, subscriber))
            .await?;
        let number = row.map_or(Ok(0), |row| row.number(0))?;
        let sql = "INSERT INTO workitem_events (institution_id, ae_title, number, report, at) \
                   VALUES ($1, $2, $3, $4, $5)";
        let mut binds = own(institution, subscriber);
        binds.extend([
            Bind::number(number),
            Bind::text(report.as_str()),
            Bind::number(now),
        ]);
        connection.execute(sql, binds).await?;
    }
    Ok(())
}
