//! Access episodes, written before the first byte leaves.

use async_trait::async_trait;
use model::{AccessEpisode, AuditPort, AuditUnavailable};

use crate::Database;

#[async_trait]
impl AuditPort for Database {
    async fn open(&self, _episode: AccessEpisode) -> Result<(), AuditUnavailable> {
        unimplemented!()
    }
}
