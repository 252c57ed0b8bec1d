//! Subscriptions to changes, and what was delivered to them.

mod deliveries;

pub use deliveries::{Delivery, Message};

use std::fmt;

use model::InstitutionId;
use time::OffsetDateTime;
use ulid::Ulid;

use crate::{
    Database, DatabaseError,
    jobs::{JobKey, Kind},
    moment,
    sql::{Bind, Row},
};

/// A subscription.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Whose changes it gets.
    pub institution: InstitutionId,
    /// Its id.
    pub id: Ulid,
    /// Where it is told.
    pub url: String,
    /// What messages are signed with.
    pub secret: Vec<u8>,
    /// When it was made.
    pub created: OffsetDateTime,
    /// The number of the last change that was delivered.
    pub sent: u64,
    /// The number of the last change of the message under way.
    pub sending: Option<u64>,
}

/// The secret is left out.
impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("institution", &self.institution)
            .field("id", &self.id)
            .field("sent", &self.sent)
            .field("sending", &self.sending)
            .finish_non_exhaustive()
    }
}

impl Webhook {
    /// The job that tells it.
    pub fn job(&self) -> JobKey {
        job(&self.institution, self.id)
    }
}

fn job(institution: &InstitutionId, id: Ulid) -> JobKey {
    JobKey {
        institution: Some(institution.clone()),
        kind: Kind::Deliver,
        subject: id.to_string(),
    }
}

fn key(institution: &InstitutionId, id: Ulid) -> Vec<Bind> {
    vec![Bind::text(institution.as_str()), Bind::text(id.to_string())]
}

const COLUMNS: &str = "institution_id, id, url, secret, created, sent, sending";

fn read(row: &Row) -> Result<Webhook, DatabaseError> {
    let sending = row.number_or_null(6)?;
    Ok(Webhook {
        institution: row.parsed(0, |text| InstitutionId::new(text).ok())?,
        id: row.parsed(1, |text| Ulid::from_string(text).ok())?,
        url: row.text(2)?,
        secret: row.bytes(3)?,
        created: moment::from_column(row.number(4)?)?,
        sent: row.size(5)?,
        sending: sending.and_then(|number| u64::try_from(number).ok()),
    })
}

impl Database {
    /// Makes a subscription to what changes from now on.
    pub async fn create_webhook(
        &self,
        institution: &InstitutionId,
        id: Ulid,
        url: &str,
        secret: &[u8],
    ) -> Result<(), DatabaseError> {
        let sql = "INSERT INTO webhooks (institution_id, id, url, secret, created, sent) \
                   SELECT $1, $2, $3, $4, $5, COALESCE((SELECT last_number FROM change_heads \
                   WHERE institution_id = $1), 0)";
        let mut binds = key(institution, id);
        binds.extend([
            Bind::text(url),
            Bind::bytes(secret),
            Bind::number(moment::to_column(self.now())?),
        ]);
        self.change(sql, binds).await?;
        Ok(())
    }

    /// The subscriptions of an institution, in the order in which they were made.
    pub async fn webhooks(
        &self,
        institution: &InstitutionId,
    ) -> Result<Vec<Webhook>, DatabaseError> {
        let sql = format!("SELECT {COLUMNS} FROM webhooks WHERE institution_id = $1 ORDER BY id");
        let mut reader = self.reader().await?;
        let binds = vec![Bind::text(institution.as_str())];
        let rows = reader.connection().fetch(&sql, binds).await?;
        rows.iter().map(read).collect()
    }

    /// A subscription.
    pub async fn webhook(
        &self,
        institution: &InstitutionId,
        id: Ulid,
    ) -> Result<Option<Webhook>, DatabaseError> {
        let sql = format!("SELECT {COLUMNS} FROM webhooks WHERE institution_id = $1 AND id = $2");
        let mut reader = self.reader().await?;
        let binds = key(institution, id);
        let row = reader.connection().fetch_first(&sql, binds).await?;
        row.as_ref().map(read).transpose()
    }

    /// Ends a subscription, with what is known of its deliveries, and a job that waits for it. False:
    /// there is none.
    pub async fn delete_webhook(
        &self,
        institution: &InstitutionId,
        id: Ulid,
    ) -> Result<bool, DatabaseError> {
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let gone = "DELETE FROM webhooks WHERE institution_id = $1 AND id = $2";
        let gone = connection.execute(gone, key(institution, id)).await?;
        let job = "DELETE FROM jobs WHERE institution_id = $1 AND kind = 'deliver' \
                   AND subject = $2 AND state <> 'running'";
        connection.execute(job, key(institution, id)).await?;
        transaction.commit().await?;
        Ok(gone == 1)
    }

    /// Has everything from change `from` on delivered, now, once more where it was already, also where
    /// the subscription was given up or waits to be tried again. False: there is none.
    pub async fn replay_webhook(
        &self,
        institution: &InstitutionId,
        id: Ulid,
        from: u64,
    ) -> Result<bool, DatabaseError> {
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let back = "UPDATE webhooks SET sent = $3, sending = NULL \
                    WHERE institution_id = $1 AND id = $2";
        let mut binds = key(institution, id);
        let sent = Bind::size("the number of a change", from.saturating_sub(1))?;
        binds.push(sent);
        let changed = connection.execute(back, binds).await?;
        let job_before = "DELETE FROM jobs WHERE institution_id = $1 AND kind = 'deliver' \
                          AND subject = $2 AND state <> 'running'";
        connection.execute(job_before, key(institution, id)).await?;
        transaction.commit().await?;
        if changed == 1 {
            self.ask_job(&job(institution, id), self.now()).await?;
        }
        Ok(changed == 1)
    }
}
