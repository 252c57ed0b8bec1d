//! What bounds workers and the sequencer.

use std::time::Duration;

use database::changes::Follow;

/// What bounds workers.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Jobs that this process does at once; 0: none, it only takes its turn at the sequencer.
    pub workers: usize,
    /// How long a lease lasts unless it is renewed, which is tried three times in it: so long a job of
    /// a node that died waits.
    pub lease: Duration,
    /// Runs of a job that may fail; then it is a dead letter.
    pub attempts: u32,
    /// The wait after the first failure; each next one is twice as long …
    pub first_delay: Duration,
    /// … and this the longest.
    pub longest_delay: Duration,
    /// How often it is looked for jobs that are due.
    pub poll: Duration,
}

/// How changes are put in order, and how long they are kept.
#[derive(Clone, Copy, Debug)]
pub struct Sequencing {
    /// How often it is looked for new ones.
    pub poll: Duration,
    /// Changes that get their numbers in one transaction.
    pub batch: u32,
    /// How long they are kept.
    pub keep: Duration,
    /// What follows from them.
    pub follow: Follow,
}
