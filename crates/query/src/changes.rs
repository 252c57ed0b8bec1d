//! The change feed: what an institution's holdings became, in order.

use access::Permit;
use database::changes::ChangePage;
use model::Operation;

use crate::{Query, QueryError};

impl Query {
    /// The changes of the permit's institution after number `after`, at most `limit`. The episode is
    /// recorded before anything is read.
    pub async fn changes(
        &self,
        permit: &Permit,
        after: u64,
        limit: u32,
    ) -> Result<ChangePage, QueryError> {
        permit.require(Operation::Query)?;
        self.episodes.record(permit, None).await?;
        let institution = permit.institution();
        Ok(self
            .database
            .changes_after(institution, after, limit)
            .await?)
    }
}
