//! Who does the jobs of a kind.

use std::fmt;

use async_trait::async_trait;
use database::jobs::Leased;

/// Why a run of a job failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why, for the operator: never a patient's name, id or birth date.
    pub error: String,
    /// Part of the work was done: failures before do not count.
    pub progressed: bool,
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(next) = cause {
            let next_text = next.to_string();
            if !text.contains(&next_text) {
                text.push_str(": ");
                text.push_str(&next_text);
            }
            cause = next.source();
        }
        Self {
            error: text,
            progressed: false,
        }
    }
}

/// Does the jobs of a kind. A run may be cut off at any point where it waits (a lease that was lost, a
/// server that stops), and done once more: it must come to the same end.
#[async_trait]
pub trait Handler: Send + Sync + fmt::Debug {
    /// Does `job`.
    async fn run(&self, job: &Leased) -> Result<(), Failure>;
}
