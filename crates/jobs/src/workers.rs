//! Workers: they lease what is due, renew while it is done, and say how it ended.

use std::{collections::BTreeMap, sync::Arc};

use database::{
    Database,
    jobs::{JobKey, Kind, Lease, Leased},
};
use model::{Clock, Identifiers};
use tokio::{
    sync::Notify,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, sleep},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Failure, Handler, Random, Sequencing, Settings, backoff, gauges, sequencer::Sequencer,
};

/// What workers need.
pub struct Office {
    /// Where jobs are.
    pub database: Database,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Names leases.
    pub identifiers: Arc<dyn Identifiers>,
    /// Spreads what is tried again.
    pub random: Random,
    /// Names this process.
    pub owner: String,
    /// Who does the jobs of each kind.
    pub handlers: BTreeMap<Kind, Arc<dyn Handler>>,
}

impl std::fmt::Debug for Office {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Office")
            .field("owner", &self.owner)
            .field("handlers", &self.handlers)
            .finish_non_exhaustive()
    }
}

/// Workers at work.
#[derive(Debug)]
pub struct Workers {
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Workers {
    /// Begins: the sequencer, wherever it runs, and what there is to do for each handler.
    pub fn begin(mut office: Office, settings: Settings, sequencing: Sequencing) -> Self {
        let stop = CancellationToken::new();
        let wake = Arc::new(Notify::new());
        let kinds: Vec<Kind> = office.handlers.keys().copied().collect();
        let sequencer = Sequencer {
            database: office.database.clone(),
            settings: sequencing,
            wake: Arc::clone(&wake),
        };
        office.handlers.insert(Kind::Sequence, Arc::new(sequencer));
        let crew = Arc::new(Crew {
            office,
            settings,
            wake,
            stop: stop.clone(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(Arc::clone(&crew).sequence());
        if settings.workers > 0 {
            tasks.spawn(Arc::clone(&crew).work(kinds, settings.workers));
        }
        let database = crew.office.database.clone();
        let gauges = gauges::keep(database, Arc::clone(&crew.office.clock));
        let ended = stop.clone();
        tasks.spawn(async move {
            ended.run_until_cancelled(gauges).await;
        });
        Self { tasks, stop }
    }

    /// Ends: what runs is cut off and given back, so that another node can begin it at once.
    pub async fn end(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

struct Crew {
    office: Office,
    settings: Settings,
    wake: Arc<Notify>,
    stop: CancellationToken,
}

impl Crew {
    /// The one job that never ends.
    async fn sequence(self: Arc<Self>) {
        let key = JobKey {
            institution: None,
            kind: Kind::Sequence,
            subject: String::new(),
        };
        loop {
            let asked = self.office.database.ask_job(&key, self.office.clock.now());
            match self.stop.run_until_cancelled(asked).await {
                None => return,
                Some(Ok(())) => break,
                Some(Err(error)) => {
                    tracing::warn!(%error, "the sequencer could not be asked for");
                    let wait = sleep(self.settings.first_delay);
                    self.stop.run_until_cancelled(wait).await;
                }
            }
        }
        self.work(vec![Kind::Sequence], 1).await;
    }

    /// Does what is due of `kinds`, `most` at once.
    async fn work(self: Arc<Self>, kinds: Vec<Kind>, most: usize) {
        let mut running = JoinSet::new();
        while !self.stop.is_cancelled() {
            while running.len() < most {
                let Some(job) = self.take(&kinds).await else {
                    break;
                };
                running.spawn(Arc::clone(&self).run(job));
            }
            tokio::select! {
                () = self.stop.cancelled() => break,
                Some(_) = running.join_next(), if !running.is_empty() => {}
                () = self.wake.notified(), if running.len() < most => {}
                () = sleep(self.settings.poll) => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    async fn take(&self, kinds: &[Kind]) -> Option<Leased> {
        let lease = Lease {
            id: self.office.identifiers.next(),
            owner: &self.office.owner,
            lasts: self.settings.lease,
        };
        match self.office.database.take_job(kinds, &lease).await {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, "no job could be leased");
                None
            }
        }
    }

    async fn run(self: Arc<Self>, job: Leased) {
        let kind = job.key.kind;
        let Some(handler) = self.office.handlers.get(&kind) else {
            return;
        };
        if kind != Kind::Sequence && job.attempts > self.settings.attempts {
            let error = "its workers ended before it did";
            self.failed(&job, error, job.attempts).await;
            return;
        }
        let mut work = handler.run(&job);
        let mut beat = interval(self.settings.lease / 3);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beat.tick().await;
        let mut held = Instant::now() + self.settings.lease;
        let ended = loop {
            tokio::select! {
                ended = &mut work => break ended,
                () = self.stop.cancelled() => {
                    drop(work);
                    let back = self.office.database.give_job_back(job.lease).await;
                    said(kind, "given_back", back);
                    return;
                }
                _ = beat.tick() => {
                    let began = Instant::now();
                    match self.office.database.keep_job(job.lease, self.settings.lease).await {
                        Ok(true) => held = began + self.settings.lease,
                        Err(error) if Instant::now() < held => {
                            tracing::warn!(%error, job.kind = kind.as_str(), "a lease is not renewed");
                        }
                        Ok(false) | Err(_) => {
                            drop(work);
                            said(kind, "lost", Ok(true));
                            return;
                        }
                    }
                }
            }
        };
        match ended {
            Ok(()) => {
                let done = self.office.database.finish_job(job.lease).await;
                said(kind, "done", done);
            }
            Err(Failure { error, progressed }) => {
                let failures = if progressed { 1 } else { job.attempts };
                self.failed(&job, &error, failures).await;
            }
        }
    }

    async fn failed(&self, job: &Leased, error: &str, failures: u32) {
        let again = (failures < self.settings.attempts).then(|| {
            let random = (self.office.random)();
            self.office.clock.now() + backoff::delay(&self.settings, failures, random)
        });
        let outcome = if again.is_some() { "failed" } else { "dead" };
        let kind = job.key.kind;
        tracing::warn!(
            error,
            job.kind = kind.as_str(),
            job.subject = job.key.subject,
            job.attempts = failures,
            job.outcome = outcome,
            "a job failed"
        );
        let database = &self.office.database;
        let noted = database.fail_job(job.lease, error, failures, again);
        said(kind, outcome, noted.await);
    }
}

/// Counts how a run ended; false: its lease was another's by then, and it counted for nothing.
fn said(kind: Kind, outcome: &'static str, told: Result<bool, database::DatabaseError>) {
    let outcome = match told {
        Ok(true) => outcome,
        Ok(false) => "lost",
        Err(error) => {
            tracing::warn!(%error, job.kind = kind.as_str(), "how a job ended could not be said");
            "lost"
        }
    };
    metrics::counter!("yingyun_jobs_total", "kind" => kind.as_str(), "outcome" => outcome)
        .increment(1);
}
