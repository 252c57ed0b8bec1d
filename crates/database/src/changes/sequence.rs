//! From the outbox to numbered changes.

use std::time::Duration;

use crate::{
    Database, DatabaseError,
    jobs::{DELIVERIES, MANIFESTS},
    moment,
    sql::{Bind, Connection, Dialect},
    studies::Retries,
};

/// What follows from changes.
#[derive(Clone, Copy, Debug)]
pub struct Follow {
    /// How long after the last change of a series its metadata is put in one piece …
    pub settle: Duration,
    /// … and how long after the first at most.
    pub longest: Duration,
}

impl Database {
    /// Gives the oldest changes of the outbox their numbers, at most `limit` of them, asks for the jobs
    /// that follow from them, and takes them out of the outbox; returns how many. Who calls this at
    /// the same time elsewhere waits or tries again: a number is given once, and a reader who sees it
    /// sees all before it.
    pub async fn sequence_changes(
        &self,
        limit: u32,
        follow: &Follow,
    ) -> Result<u64, DatabaseError> {
        let waiting = "SELECT 1 FROM outbox LIMIT 1";
        let mut reader = self.reader().await?;
        let found = reader.connection().fetch_first(waiting, Vec::new()).await?;
        drop(reader);
        if found.is_none() {
            return Ok(0);
        }
        let mut retries = Retries::default();
        loop {
            match self.sequence_once(limit, follow).await {
                Err(error) if retries.again(&error).await => {}
                other => return other,
            }
        }
    }

    async fn sequence_once(&self, limit: u32, follow: &Follow) -> Result<u64, DatabaseError> {
        let now = self.now();
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        if connection.dialect() == Dialect::Postgres {
            // Every statement below must see the same rows: one that is committed meanwhile under a
            // smaller id would be taken out without having got a number.
            let one_view = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
            connection.execute(one_view, Vec::new()).await?;
        }
        let bound = "SELECT MAX(id) FROM (SELECT id FROM outbox ORDER BY id LIMIT $1) AS oldest";
        let bound = connection
            .fetch_first(bound, vec![Bind::number(limit.into())])
            .await?;
        let Some(bound) = bound
            .map(|row| row.number_or_null(0))
            .transpose()?
            .flatten()
        else {
            return Ok(0);
        };
        let began = moment::to_column(now)?;
        number(&mut connection, bound, began).await?;
        let [settle, longest] = [follow.settle, follow.longest].map(micros);
        let binds = [bound, began + settle, began, longest].map(Bind::number);
        connection.execute(MANIFESTS, binds.to_vec()).await?;
        let binds = [bound, began].map(Bind::number);
        connection.execute(DELIVERIES, binds.to_vec()).await?;
        let taken = "DELETE FROM outbox WHERE id <= $1";
        let taken = connection.execute(taken, vec![Bind::number(bound)]).await?;
        transaction.commit().await?;
        Ok(taken)
    }
}

/// Numbers the rows up to `bound`, institution by institution. The row of an institution's last number
/// is locked until the commit: numbers become visible in their order.
async fn number(
    connection: &mut Connection<'_>,
    bound: i64,
    began: i64,
) -> Result<(), DatabaseError> {
    let counts = "SELECT institution_id, COUNT(*) FROM outbox WHERE id <= $1 \
                  GROUP BY institution_id ORDER BY institution_id";
    let head = "INSERT INTO change_heads (institution_id, last_number, began) VALUES ($1, $2, $3) \
                ON CONFLICT (institution_id) DO UPDATE SET \
                last_number = change_heads.last_number + excluded.last_number \
                RETURNING last_number";
    let fill = "INSERT INTO changes (institution_id, number, kind, study_uid, series_uid, sop_uid, \
                at) SELECT institution_id, $3 + ROW_NUMBER() OVER (ORDER BY id), kind, study_uid, \
                series_uid, sop_uid, at FROM outbox WHERE institution_id = $1 AND id <= $2";
    for row in connection.fetch(counts, vec![Bind::number(bound)]).await? {
        let (institution, count) = (Bind::text(row.text(0)?), row.number(1)?);
        let binds = vec![
            institution.clone(),
            Bind::number(count),
            Bind::number(began),
        ];
        let last = connection.fetch_first(head, binds).await?;
        let last = last.map_or(Ok(count), |row| row.number(0))?;
        let binds = vec![institution, Bind::number(bound), Bind::number(last - count)];
        connection.execute(fill, binds).await?;
    }
    Ok(())
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4)
}
