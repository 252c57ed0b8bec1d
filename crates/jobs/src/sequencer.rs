//! The sequencer: the job of one node at a time that gives changes their numbers.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use database::{Database, DatabaseError, jobs::Leased};
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

use crate::{Failure, Handler, Sequencing};

/// How often changes that are no longer kept are forgotten.
const FORGET: Duration = Duration::from_secs(10 * 60);
/// Changes forgotten at once.
const AT_ONCE: u32 = 10_000;
/// The wait after an error: it must not grow, everything waits for this job.
const AFTER_ERROR: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Sequencer {
    pub(crate) database: Database,
    pub(crate) settings: Sequencing,
    /// Tells the workers of this process that there are new jobs.
    pub(crate) wake: Arc<Notify>,
}

#[async_trait]
impl Handler for Sequencer {
    async fn run(&self, _job: &Leased) -> Result<(), Failure> {
        let mut forget = Instant::now();
        loop {
            match self.step(&mut forget).await {
                Ok(0) => sleep(self.settings.poll).await,
                Ok(_) => self.wake.notify_one(),
                Err(error) => {
                    tracing::warn!(%error, "changes got no numbers");
                    sleep(AFTER_ERROR).await;
                }
            }
        }
    }
}

impl Sequencer {
    async fn step(&self, forget: &mut Instant) -> Result<u64, DatabaseError> {
        let Sequencing { batch, follow, .. } = &self.settings;
        let numbered = self.database.sequence_changes(*batch, follow).await?;
        metrics::counter!("yingyun_changes_total").increment(numbered);
        if numbered == 0 && *forget <= Instant::now() {
            let forgotten = self.database.forget_changes(self.settings.keep, AT_ONCE);
            if forgotten.await? == 0 {
                *forget = Instant::now() + FORGET;
            }
        }
        Ok(numbered)
    }
}
