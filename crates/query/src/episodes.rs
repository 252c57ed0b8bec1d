//! Access episodes of searches: an actor and a purpose, at most five minutes (ARCHITECTURE.md,
//! invariant 5).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use model::{AccessEpisode, AuditPort, AuditUnavailable, Clock, Operation, Permit, Purpose};
use time::{Duration, OffsetDateTime};

/// How long searches count into one episode.
const LENGTH: Duration = Duration::minutes(5);

/// Episodes remembered; beyond it the memory begins anew, which only writes more of them.
const REMEMBERED: usize = 10_000;

/// Episodes that were opened.
#[derive(Debug)]
pub(crate) struct Episodes {
    audit: Arc<dyn AuditPort>,
    clock: Arc<dyn Clock>,
    open: Mutex<HashMap<(String, Purpose), OffsetDateTime>>,
}

impl Episodes {
    pub(crate) fn new(audit: Arc<dyn AuditPort>, clock: Arc<dyn Clock>) -> Self {
        Self {
            audit,
            clock,
            open: Mutex::default(),
        }
    }

    /// Returns when the episode that a search by `permit` belongs to is written.
    pub(crate) async fn record(&self, permit: &Permit) -> Result<(), AuditUnavailable> {
        let now = self.clock.now();
        let key = (permit.actor().label(), permit.purpose());
        let is_open = |began: &OffsetDateTime| *began <= now && now - *began < LENGTH;
        if self.lock().get(&key).is_some_and(is_open) {
            return Ok(());
        }
        self.audit
            .open(AccessEpisode {
                actor: key.0.clone(),
                purpose: key.1,
                operation: Operation::Query,
                study: None,
                began: now,
            })
            .await?;
        let mut open = self.lock();
        if open.len() >= REMEMBERED {
            open.retain(|_, began| is_open(began));
        }
        if open.len() >= REMEMBERED {
            open.clear();
        }
        open.insert(key, now);
        Ok(())
    }

    /// A panic while the lock was held leaves the map as good as it was.
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(String, Purpose), OffsetDateTime>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
