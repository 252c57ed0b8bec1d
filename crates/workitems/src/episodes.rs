//! Access episodes of the worklist: an actor, a purpose and an operation, at most five minutes
//! (ARCHITECTURE.md, invariant 5).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use model::{AccessEpisode, AuditPort, AuditUnavailable, Clock, Operation, Permit, Purpose};
use time::{Duration, OffsetDateTime};

/// How long accesses count into one episode.
const LENGTH: Duration = Duration::minutes(5);

/// Episodes remembered; beyond it the memory begins anew, which only writes more of them.
const REMEMBERED: usize = 10_000;

type Key = (String, Purpose, Operation);

/// Episodes that were opened.
#[derive(Debug)]
pub(crate) struct Episodes {
    audit: Arc<dyn AuditPort>,
    clock: Arc<dyn Clock>,
    open: Mutex<HashMap<Key, OffsetDateTime>>,
}

impl Episodes {
    pub(crate) fn new(audit: Arc<dyn AuditPort>, clock: Arc<dyn Clock>) -> Self {
        Self {
            audit,
            clock,
            open: Mutex::default(),
        }
    }

    /// Returns when the episode that an access by `permit` belongs to is written.
    pub(crate) async fn record(&self, permit: &Permit) -> Result<(), AuditUnavailable> {
        let now = self.clock.now();
        let current = |began: &OffsetDateTime| *began <= now && now - *began < LENGTH;
        let key = (permit.actor().label(), permit.purpose(), permit.operation());
        // A panic while the lock was held leaves the map as good as it was.
        let open = || self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open().get(&key).is_some_and(current) {
            return Ok(());
        }
        let episode = AccessEpisode {
            actor: key.0.clone(),
            purpose: key.1,
            operation: key.2,
            study: None,
            began: now,
        };
        self.audit.open(episode).await?;
        let mut open = open();
        if open.len() >= REMEMBERED {
            open.retain(|_, began| current(began));
        }
        if open.len() >= REMEMBERED {
            open.clear();
        }
        open.insert(key, now);
        Ok(())
    }
}
