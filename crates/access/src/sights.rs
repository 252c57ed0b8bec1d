//! A permit for the holding that its reader gets: the own institution's, else another's where something lets see it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use model::{Clock, Operation, Uid};
use time::{Duration, OffsetDateTime};

use crate::{Facts, Ground, Permit, Reader, ground};

/// Sights remembered; past that all are forgotten, which only asks for them again.
const REMEMBERED: usize = 65_536;

/// The facts could not be read: nothing of another institution is seen.
#[derive(Debug, thiserror::Error)]
#[error("what may be seen of other institutions could not be read")]
pub struct FactsUnavailable(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Where the facts of [`ground`] are kept.
#[async_trait]
pub trait FactsPort: Send + Sync + std::fmt::Debug {
    /// What is known of a study for a reader.
    async fn facts(&self, reader: &Reader, study: &Uid) -> Result<Facts, FactsUnavailable>;
}

/// The own institution holds the study, or another's holding is seen on a ground.
type Sight = Option<Ground>;

/// What readers see of studies. An answer is believed for a moment: what is taken away ends then.
#[derive(Debug)]
pub struct Sights {
    port: Arc<dyn FactsPort>,
    clock: Arc<dyn Clock>,
    lifetime: Duration,
    known: Mutex<HashMap<(Reader, Uid), (Sight, OffsetDateTime)>>,
}

impl Sights {
    /// How long an answer is believed, where nothing else is configured: revocations hold within five seconds.
    pub const LIFETIME: Duration = Duration::seconds(4);

    /// Over the facts; an answer is believed for `lifetime`.
    pub fn new(port: Arc<dyn FactsPort>, clock: Arc<dyn Clock>, lifetime: Duration) -> Self {
        Self {
            port,
            clock,
            lifetime,
            known: Mutex::default(),
        }
    }

    /// `permit` for the holding of `study` that its reader gets. Where nothing lets see another's, it stays a permit
    /// for the own institution's holdings, which has none: what is hidden is answered like what nobody holds.
    pub async fn on(&self, permit: &Permit, study: &Uid) -> Result<Permit, FactsUnavailable> {
        if !matches!(permit.operation(), Operation::Query | Operation::Retrieve) {
            return Ok(permit.clone());
        }
        let key = (permit.reader(), study.clone());
        let now = self.clock.now();
        let known = self.lock().get(&key).cloned();
        let fresh = known.filter(|(sight, asked)| {
            let is_over = sight.as_ref().is_some_and(|ground| ground.until() <= now);
            *asked <= now && now - *asked < self.lifetime && !is_over
        });
        let sight = match fresh {
            Some((sight, _)) => sight,
            None => self.ask(key, now).await?,
        };
        Ok(match sight {
            Some(ground) => permit.under(ground),
            None => permit.clone(),
        })
    }

    async fn ask(
        &self,
        key: (Reader, Uid),
        now: OffsetDateTime,
    ) -> Result<Sight, FactsUnavailable> {
        let facts = self.port.facts(&key.0, &key.1).await?;
        let sight = ground(&key.0, now, &facts);
        // That nothing is seen is not remembered: what is granted or stored is seen at once.
        let mut known = self.lock();
        if sight.is_none() && !facts.is_held {
            known.remove(&key);
            return Ok(sight);
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(key, (sight.clone(), now));
        Ok(sight)
    }

    /// A panic while the lock was held leaves the map as good as it was.
    fn lock(&self) -> MutexGuard<'_, HashMap<(Reader, Uid), (Sight, OffsetDateTime)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
