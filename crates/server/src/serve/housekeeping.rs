//! What is done now and then: ended sessions are forgotten, metrics compacted, the worklist purged.

use std::time::Duration;

use database::Database;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use workitems::Workitems;

/// How often metrics are compacted.
const METRICS: Duration = Duration::from_secs(5);
/// How often the worklist is purged.
const WORKLIST: Duration = Duration::from_secs(60);
/// How often ended sessions are forgotten.
const SESSIONS: Duration = Duration::from_secs(60 * 60);

/// Begins; ends when `stop` is cancelled.
pub(super) fn begin(
    database: Database,
    workitems: Workitems,
    metrics: PrometheusHandle,
    stop: CancellationToken,
) {
    let worklist = workitems.clone();
    let work = async move {
        let mut compact = interval(METRICS);
        let mut purge = interval(SESSIONS);
        let mut tidy = interval(WORKLIST);
        compact.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = compact.tick() => metrics.run_upkeep(),
                _ = tidy.tick() => {
                    if let Err(error) = workitems.purge().await {
                        tracing::warn!(%error, "the worklist could not be purged");
                    }
                }
                _ = purge.tick() => {
                    if let Err(error) = database.purge_sessions().await {
                        tracing::warn!(%error, "ended sessions could not be forgotten");
                    }
                }
            }
        }
    };
    tokio::spawn(async move {
        stop.run_until_cancelled(work).await;
        // Event reports go on for ever: each feed ends when the node goes down.
        worklist.close();
    });
}
