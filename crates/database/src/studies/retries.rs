//! Transactions that another process was in the way of: a deadlock, a busy file.

use std::time::Duration;

use crate::DatabaseError;

/// How often a transaction is tried again.
const MOST: u32 = 8;

/// Counts how often a transaction was tried again.
#[derive(Debug, Default)]
pub(crate) struct Retries(u32);

impl Retries {
    /// Whether trying again may help; waits a little first, each time longer.
    pub(crate) async fn again(&mut self, error: &DatabaseError) -> bool {
        if !error.is_transient() || self.0 == MOST {
            return false;
        }
        self.0 += 1;
        tracing::debug!(tries = self.0, "an index transaction is tried again");
        tokio::time::sleep(Duration::from_millis(u64::from(self.0 * self.0))).await;
        true
    }
}
