//! Access episodes: an actor, a purpose, an operation and a study, recorded once in at most five minutes
//! (ARCHITECTURE.md, invariant 5).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use model::{
    AccessEpisode, AuditPort, AuditUnavailable, Basis, Clock, InstitutionId, Operation, Purpose,
    StudyKey, Uid,
};
use time::{Duration, OffsetDateTime};
use ulid::Ulid;

use crate::Permit;

/// How long accesses count into one episode.
const LENGTH: Duration = Duration::minutes(5);

/// Episodes remembered; past that the ended ones are forgotten, then all, which only writes more of
/// them.
const REMEMBERED: usize = 65_536;

/// An episode but for when it began: the actor with its institution (users of two may share a name), what is done, what
/// is seen of whom, and on what.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Key {
    actor: String,
    reader: Option<InstitutionId>,
    purpose: Purpose,
    operation: Operation,
    study: Option<StudyKey>,
    basis: Option<(Basis, Ulid)>,
}

impl From<&AccessEpisode> for Key {
    fn from(episode: &AccessEpisode) -> Self {
        Self {
            actor: episode.actor.clone(),
            reader: episode.reader.clone(),
            purpose: episode.purpose,
            operation: episode.operation,
            study: episode.study.clone(),
            basis: episode.basis,
        }
    }
}

/// The episodes that are open.
#[derive(Debug)]
pub struct Episodes {
    audit: Arc<dyn AuditPort>,
    clock: Arc<dyn Clock>,
    open: Mutex<HashMap<Key, OffsetDateTime>>,
}

impl Episodes {
    /// None is open; `audit` is where they are written.
    pub fn new(audit: Arc<dyn AuditPort>, clock: Arc<dyn Clock>) -> Self {
        Self {
            audit,
            clock,
            open: Mutex::default(),
        }
    }

    /// Returns when the episode is written that an access by `permit` belongs to; `study`: what is seen,
    /// none for a search over studies. Nothing may leave before this returns, and nothing after an error.
    pub async fn record(
        &self,
        permit: &Permit,
        study: Option<&Uid>,
    ) -> Result<(), AuditUnavailable> {
        let now = self.clock.now();
        let study = study.map(|study| StudyKey {
            institution: permit.institution().clone(),
            study: study.clone(),
        });
        let episode = permit.episode(study, now);
        let key = Key::from(&episode);
        // A clock that was set back ends an episode too.
        let is_current = |began: &OffsetDateTime| *began <= now && now - *began < LENGTH;
        if self.lock().get(&key).is_some_and(is_current) {
            return Ok(());
        }
        self.audit.open(episode).await?;
        let mut open = self.lock();
        if open.len() >= REMEMBERED {
            open.retain(|_, began| is_current(began));
        }
        if open.len() >= REMEMBERED {
            open.clear();
        }
        open.insert(key, now);
        Ok(())
    }

    /// A panic while the lock was held leaves the map as good as it was.
    fn lock(&self) -> MutexGuard<'_, HashMap<Key, OffsetDateTime>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
