//! Searching the index: what C-FIND (PS3.4 §C.4.1) and QIDO-RS (PS3.18 §10.6) share.

mod answer;
mod error;
mod matching;

pub use answer::Answer;
pub use error::QueryError;
pub use matching::{InvalidMatching, matching};

use std::sync::Arc;

use database::Database;
use model::{AuditPort, Clock, Permit, search::Search};

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
    _database: Database,
}

impl Query {
    /// A search service over `database` that records its episodes through `audit`.
    pub fn new(
        database: Database,
        _audit: Arc<dyn AuditPort>,
        _clock: Arc<dyn Clock>,
        _settings: Settings,
    ) -> Self {
        Self {
            _database: database,
        }
    }

    /// Searches the holdings of the permit's institution.
    pub async fn search(&self, _permit: &Permit, _search: &Search) -> Result<Answer, QueryError> {
        unimplemented!()
    }
}
