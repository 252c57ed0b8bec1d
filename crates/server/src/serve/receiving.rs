//! While the server takes objects in it holds the lock that says so.

use std::time::Duration;

use database::{Database, Lock};
use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;

/// How often it is looked whether the lock is still held: PostgreSQL may have been started anew.
const LOOK: Duration = Duration::from_secs(15);

/// The lock, looked after.
#[derive(Debug)]
pub(super) struct Receiving {
    work: JoinHandle<Option<Lock>>,
    stop: CancellationToken,
}

impl Receiving {
    /// Looks after `lock` until it is told to end.
    pub(super) fn begin(database: Database, lock: Lock) -> Self {
        let stop = CancellationToken::new();
        Self {
            work: tokio::spawn(keep(database, lock, stop.clone())),
            stop,
        }
    }

    /// Gives the lock back.
    pub(super) async fn end(self) {
        self.stop.cancel();
        if let Ok(Some(lock)) = self.work.await {
            lock.release().await;
        }
    }
}

async fn keep(database: Database, lock: Lock, stop: CancellationToken) -> Option<Lock> {
    let mut lock = Some(lock);
    while stop.run_until_cancelled(sleep(LOOK)).await.is_some() {
        if let Some(held) = &mut lock {
            match held.held().await {
                Ok(()) => continue,
                Err(error) => tracing::warn!(%error, "the lock of those who receive was lost"),
            }
        }
        lock = match database.lock_receiving("serve").await {
            Ok(lock) => Some(lock),
            Err(error) => {
                tracing::warn!(%error, "the lock of those who receive is not held");
                None
            }
        };
    }
    lock
}
