//! Turns at checking passwords: so many at once, so many more waiting, nobody for ever.

use std::{sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::SignIn;

/// Gives out turns.
#[derive(Debug)]
pub(crate) struct Turns {
    checks: Arc<Semaphore>,
    waiting: Semaphore,
    patience: Duration,
}

/// Somebody's turn. It must live as long as the work, also where nobody waits for its end.
pub(crate) type Turn = OwnedSemaphorePermit;

impl Turns {
    pub(crate) fn new(settings: &SignIn) -> Self {
        Self {
            checks: Arc::new(Semaphore::new(settings.checks.max(1))),
            waiting: Semaphore::new(settings.waiting),
            patience: settings.patience,
        }
    }

    /// A turn, at once or after a wait; none where too many wait already or the wait is too long.
    pub(crate) async fn take(&self) -> Option<Turn> {
        if let Ok(turn) = Arc::clone(&self.checks).try_acquire_owned() {
            return Some(turn);
        }
        let _place = self.waiting.try_acquire().ok()?;
        let turn = Arc::clone(&self.checks).acquire_owned();
        tokio::time::timeout(self.patience, turn).await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn so_many_wait_and_no_more() {
        let turns = Turns::new(&SignIn {
            checks: 1,
            waiting: 1,
            ..SignIn::default()
        });
        let first = turns.take().await.unwrap();
        let mut second = Box::pin(turns.take());
        assert!(second.as_mut().now_or_never().is_none(), "it waits");
        assert!(turns.take().await.is_none(), "no place to wait");
        drop(first);
        let second = second.await.unwrap();
        let third = turns.take();
        let (third, ()) = tokio::join!(third, async { drop(second) });
        assert!(third.is_some());
    }

    #[tokio::test]
    async fn a_wait_has_an_end() {
        let turns = Turns::new(&SignIn {
            checks: 1,
            patience: Duration::from_millis(10),
            ..SignIn::default()
        });
        let _first = turns.take().await.unwrap();
        assert!(turns.take().await.is_none());
    }
}
