//! Searching the index: what C-FIND (PS3.4 §C.4.1) and QIDO-RS (PS3.18 §10.6) share.

mod answer;
mod changes;
mod error;
mod matching;
#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use error::QueryError;
pub use matching::{InvalidMatching, matching};

use std::sync::Arc;

use access::{Episodes, Permit, Sights};
use database::Database;
use model::{AuditPort, Clock, Operation, search::Search};

/// How searches are bounded.
#[derive(Clone, Debug)]
pub struct Settings {
    /// At most so many matches a search, whatever the caller asks.
    pub max_results: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { max_results: 1000 }
    }
}

/// The search service. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Query {
    database: Database,
    episodes: Arc<Episodes>,
    sights: Arc<Sights>,
    settings: Settings,
}

impl Query {
    /// A search service over `database` that records its episodes through `audit`.
    pub fn new(
        database: Database,
        audit: Arc<dyn AuditPort>,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Self {
        Self {
            episodes: Arc::new(Episodes::new(audit, clock.clone())),
            sights: Arc::new(Sights::new(
                Arc::new(database.clone()),
                clock,
                Sights::LIFETIME,
            )),
            database,
            settings,
        }
    }

    /// Searches what the permit's reader sees: the own institution's holdings, and those of others that something
    /// lets see (`access::ground`). The episode is recorded before anything is read; if that fails, nothing is shown.
    pub async fn search(&self, permit: &Permit, search: &Search) -> Result<Answer, QueryError> {
        permit.require(Operation::Query)?;
        let most = self.settings.max_results;
        let bounded = Search {
            limit: Some(search.limit.map_or(most, |limit| limit.min(most))),
            ..search.clone()
        };
        let found = match &search.study {
            Some(study) => {
                let permit = self.sights.on(permit, study).await?;
                let seen = permit.ground().map(|ground| ground.study());
                self.episodes.record(&permit, seen).await?;
                self.database.search(permit.institution(), &bounded).await?
            }
            None => {
                self.episodes.record(permit, None).await?;
                self.database
                    .search_seen(&permit.reader(), &bounded)
                    .await?
            }
        };
        Ok(Answer {
            records: found
                .records
                .into_iter()
                .map(|record| answer::attributes(search.level, record))
                .collect(),
            next: found.next,
            unsupported: found.unsupported,
            literal: found.literal,
        })
    }
}
