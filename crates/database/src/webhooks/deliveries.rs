//! What was sent to subscribers, and how far they are.

use time::OffsetDateTime;

use super::{Webhook, key};
use crate::{Database, DatabaseError, moment, sql::Bind};

/// Changes that go in one message, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// The first.
    pub first: u64,
    /// The last.
    pub last: u64,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What it told.
    pub message: Message,
    /// How often it was sent.
    pub attempts: u32,
    /// The status that the receiver answered last; none: it did not answer.
    pub status: Option<u16>,
    /// Why the last attempt failed; empty: it was delivered.
    pub error: String,
    /// When it was sent last.
    pub at: OffsetDateTime,
}

/// Messages of a subscription that are remembered.
const REMEMBERED: i64 = 100;

impl Database {
    /// Settles what the next message holds: sent again, it is the same. False: the subscription is gone
    /// or was set back meanwhile.
    pub async fn begin_message(
        &self,
        webhook: &Webhook,
        message: Message,
    ) -> Result<bool, DatabaseError> {
        let sql = "UPDATE webhooks SET sending = $4 WHERE institution_id = $1 AND id = $2 \
                   AND sent = $3";
        let mut binds = key(&webhook.institution, webhook.id);
        binds.push(number(webhook.sent)?);
        binds.push(number(message.last)?);
        Ok(self.change(sql, binds).await? == 1)
    }

    /// Has a subscription go on at change `oldest`, or behind the last where that is none: what lies
    /// between is no longer kept.
    pub async fn skip_webhook(
        &self,
        webhook: &Webhook,
        oldest: Option<u64>,
    ) -> Result<(), DatabaseError> {
        let sql = "UPDATE webhooks SET sending = NULL, sent = CASE WHEN $4 > 0 THEN $4 - 1 \
                   ELSE COALESCE((SELECT last_number FROM change_heads h \
                   WHERE h.institution_id = webhooks.institution_id), 0) END \
                   WHERE institution_id = $1 AND id = $2 AND sent = $3";
        let mut binds = key(&webhook.institution, webhook.id);
        binds.push(number(webhook.sent)?);
        binds.push(number(oldest.unwrap_or_default())?);
        self.change(sql, binds).await?;
        Ok(())
    }

    /// Notes an attempt; where it ended well, the subscription goes on behind the message, unless it was
    /// set back meanwhile.
    pub async fn note_delivery(
        &self,
        webhook: &Webhook,
        message: Message,
        status: Option<u16>,
        error: &str,
    ) -> Result<(), DatabaseError> {
        let own = key(&webhook.institution, webhook.id);
        let with = |more: Vec<Bind>| -> Vec<Bind> { own.iter().cloned().chain(more).collect() };
        let (first, last) = (number(message.first)?, number(message.last)?);
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let note = "INSERT INTO deliveries (institution_id, webhook_id, first_number, \
                    last_number, attempts, status, error, at) \
                    SELECT institution_id, id, $3, $4, 1, $5, $6, $7 FROM webhooks \
                    WHERE institution_id = $1 AND id = $2 \
                    ON CONFLICT (institution_id, webhook_id, first_number) DO UPDATE SET \
                    last_number = excluded.last_number, attempts = deliveries.attempts + 1, \
                    status = excluded.status, error = excluded.error, at = excluded.at";
        let binds = with(vec![
            first.clone(),
            last.clone(),
            Bind::Number(status.map(i64::from)),
            Bind::text(error),
            Bind::number(moment::to_column(self.now())?),
        ]);
        connection.execute(note, binds).await?;
        if error.is_empty() {
            let on = "UPDATE webhooks SET sent = $4, sending = NULL \
                      WHERE institution_id = $1 AND id = $2 AND sent = $3 AND sending = $4";
            let binds = with(vec![number(webhook.sent)?, last]);
            connection.execute(on, binds).await?;
        }
        let forget = "DELETE FROM deliveries WHERE institution_id = $1 AND webhook_id = $2 \
                      AND first_number IN (SELECT first_number FROM deliveries \
                      WHERE institution_id = $1 AND webhook_id = $2 \
                      ORDER BY at DESC, first_number DESC LIMIT 1000000 OFFSET $3)";
        let binds = with(vec![Bind::number(REMEMBERED)]);
        connection.execute(forget, binds).await?;
        transaction.commit().await
    }

    /// The last messages of a subscription, the latest first.
    pub async fn deliveries(&self, webhook: &Webhook) -> Result<Vec<Delivery>, DatabaseError> {
        let sql = "SELECT first_number, last_number, attempts, status, error, at FROM deliveries \
                   WHERE institution_id = $1 AND webhook_id = $2 \
                   ORDER BY at DESC, first_number DESC";
        let mut reader = self.reader().await?;
        let binds = key(&webhook.institution, webhook.id);
        let rows = reader.connection().fetch(sql, binds).await?;
        rows.iter()
            .map(|row| {
                let status = row.number_or_null(3)?;
                Ok(Delivery {
                    message: Message {
                        first: row.size(0)?,
                        last: row.size(1)?,
                    },
                    attempts: row.small(2)?,
                    status: status.and_then(|status| u16::try_from(status).ok()),
                    error: row.text(4)?,
                    at: moment::from_column(row.number(5)?)?,
                })
            })
            .collect()
    }
}

fn number(number: u64) -> Result<Bind, DatabaseError> {
    Bind::size("the number of a change", number)
}
