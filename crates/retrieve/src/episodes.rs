//! Access episodes: an actor reads a study for a purpose, recorded once in five minutes
//! (ARCHITECTURE.md, invariant 5).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use model::{AccessEpisode, AuditPort, Clock, Operation, Permit, Purpose, StudyKey, Uid};
use time::{Duration, OffsetDateTime};

use crate::RetrieveError;

/// How long an episode is.
const LENGTH: Duration = Duration::minutes(5);

/// Episodes remembered; past that the ended ones are forgotten, then all.
const REMEMBERED: usize = 65_536;

type Key = (String, Purpose, StudyKey);

/// The episodes that are open.
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

    /// Checks the permit, and records the access to `study` if no episode of it is open. Nothing may
    /// leave before this returns, and nothing after an error.
    pub(crate) async fn enter(&self, permit: &Permit, study: &Uid) -> Result<(), RetrieveError> {
        permit.require(Operation::Retrieve)?;
        let study = StudyKey {
            institution: permit.institution().clone(),
            study: study.clone(),
        };
        let key = (permit.actor().label(), permit.purpose(), study);
        let now = self.clock.now();
        if self.is_open(&key, now) {
            return Ok(());
        }
        let episode = AccessEpisode {
            actor: key.0.clone(),
            purpose: key.1,
            operation: Operation::Retrieve,
            study: Some(key.2.clone()),
            began: now,
        };
        self.audit.open(episode).await?;
        self.remember(key, now);
        Ok(())
    }

    fn is_open(&self, key: &Key, now: OffsetDateTime) -> bool {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(key).is_some_and(|began| is_current(*began, now))
    }

    fn remember(&self, key: Key, now: OffsetDateTime) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= REMEMBERED {
            open.retain(|_, began| is_current(*began, now));
        }
        if open.len() >= REMEMBERED {
            open.clear();
        }
        open.insert(key, now);
    }
}

/// A clock that was set back ends an episode too.
fn is_current(began: OffsetDateTime, now: OffsetDateTime) -> bool {
    began <= now && now < began + LENGTH
}
