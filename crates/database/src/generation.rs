//! How often this process has changed the index: what was read before a change may be stale after it.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::Database;

/// Of all indexes of the process together: there is one, but in tests.
static COUNT: AtomicU64 = AtomicU64::new(0);

/// Says that something may have been changed. Comes before the change is acknowledged.
pub(crate) fn happened() {
    COUNT.fetch_add(1, Ordering::AcqRel);
}

impl Database {
    /// A number that is another one after every change that this process makes; other processes are not
    /// seen. What is read after asking for it is at least as new as it.
    pub fn generation(&self) -> u64 {
        COUNT.load(Ordering::Acquire)
    }
}
