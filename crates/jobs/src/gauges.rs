//! How much waits, runs and was given up, for metrics.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use database::{
    Database,
    jobs::{Kind, State},
};
use model::Clock;
use tokio::time::sleep;

/// How often it is counted.
const COUNT: Duration = Duration::from_secs(10);

/// Counts for ever.
pub(crate) async fn keep(database: Database, clock: Arc<dyn Clock>) {
    loop {
        match database.count_jobs().await {
            Ok(counted) => {
                let now = clock.now();
                let counted: BTreeMap<_, _> = counted
                    .into_iter()
                    .map(|one| ((one.kind, one.state), (one.count, one.oldest)))
                    .collect();
                for kind in Kind::ALL {
                    for state in [State::Waiting, State::Running, State::Dead] {
                        let (count, age) = match counted.get(&(kind, state)) {
                            Some((count, oldest)) => {
                                (*count as f64, (now - *oldest).as_seconds_f64().max(0.0))
                            }
                            None => (0.0, 0.0),
                        };
                        let labels = [("kind", kind.as_str()), ("state", state.as_str())];
                        metrics::gauge!("yingyun_jobs", &labels).set(count);
                        if state != State::Running {
                            metrics::gauge!("yingyun_jobs_oldest_seconds", &labels).set(age);
                        }
                    }
                }
            }
            Err(error) => tracing::debug!(%error, "jobs could not be counted"),
        }
        sleep(COUNT).await;
    }
}
