//! Event reports on their way to a subscriber (PS3.18 §8.10): in order, again after a break until they
//! are acknowledged, whichever node wrote them and whichever sends them.

use std::collections::VecDeque;

use access::Permit;
use database::Database;
use model::{AeTitle, InstitutionId, Operation};
use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, watch};

use crate::{WorkitemError, Workitems, report, search::parse};

/// Event reports read at a time.
const BATCH: u32 = 100;

/// The event reports of one subscriber, for one connection.
#[derive(Debug)]
pub struct Feed {
    database: Database,
    institution: InstitutionId,
    subscriber: AeTitle,
    poll: std::time::Duration,
    /// Number of the last one read.
    read: i64,
    waiting: VecDeque<(i64, String)>,
    bell: watch::Receiver<u64>,
    closing: watch::Receiver<bool>,
    sent: u16,
    _place: OwnedSemaphorePermit,
}

impl Workitems {
    /// Opens the event reports of a subscriber, from the first that it did not acknowledge. One who
    /// follows nothing yet may wait for what comes.
    pub async fn feed(&self, permit: &Permit, subscriber: &AeTitle) -> Result<Feed, WorkitemError> {
        permit.require(Operation::Worklist)?;
        let place = self.connections.clone().try_acquire_owned();
        let place = place.map_err(|_| WorkitemError::Full)?;
        self.episodes.record(permit, None).await?;
        let institution = permit.institution().clone();
        // Before the first look: what is written after it rings.
        let bell = self.bell.subscribe();
        let database = self.database.clone();
        let read = database.acknowledged_event(&institution, subscriber);
        Ok(Feed {
            read: read.await?.unwrap_or(0),
            database,
            institution,
            subscriber: subscriber.clone(),
            poll: self.settings.poll,
            waiting: VecDeque::new(),
            bell,
            closing: self.closing.subscribe(),
            sent: 0,
            _place: place,
        })
    }

    /// Tells everybody who follows anything that the service is there again.
    pub async fn restarted(&self, institution: &InstitutionId) -> Result<(), WorkitemError> {
        let told = report::status("RESTARTED");
        self.database.tell_everybody(institution, &told).await?;
        Ok(())
    }

    /// Ends the feeds of this node, and lets each say so.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }
}

impl Feed {
    /// The next event report and its number, when there is one; none once the node goes down. May be
    /// dropped and called again.
    pub async fn next(&mut self) -> Result<Option<(i64, String)>, WorkitemError> {
        loop {
            if *self.closing.borrow() {
                return Ok(None);
            }
            if let Some((number, report)) = self.waiting.pop_front() {
                return Ok(Some((number, self.addressed(&report))));
            }
            self.bell.mark_unchanged();
            let (institution, subscriber) = (&self.institution, &self.subscriber);
            let events = self
                .database
                .events(institution, subscriber, self.read, BATCH);
            self.waiting = events.await?.into();
            if let Some((last, _)) = self.waiting.back() {
                self.read = *last;
                continue;
            }
            tokio::select! {
                // Both senders live as long as the service.
                _ = self.bell.changed() => {}
                _ = self.closing.changed() => {}
                () = tokio::time::sleep(self.poll) => {}
            }
        }
    }

    /// What the subscriber is told at the end: that the service goes down.
    pub fn farewell(&mut self) -> String {
        self.addressed(&report::status("GOING DOWN"))
    }

    /// Notes that the subscriber has everything up to `number`.
    pub async fn acknowledge(&self, number: i64) -> Result<(), WorkitemError> {
        let (institution, subscriber) = (&self.institution, &self.subscriber);
        let database = &self.database;
        database
            .acknowledge_events(institution, subscriber, number)
            .await?;
        Ok(())
    }

    /// A report with its Message ID (0000,0110).
    fn addressed(&mut self, report: &str) -> String {
        self.sent = self.sent.wrapping_add(1);
        let mut report = parse(report).unwrap_or_default();
        report.insert("00000110".into(), json!({"vr": "US", "Value": [self.sent]}));
        report.sort_keys();
        serde_json::Value::Object(report).to_string()
    }
}
