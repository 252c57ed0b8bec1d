//! Whether the server can take and give objects: what `/readyz` says.

use std::sync::Arc;

use archive::Archive;
use database::Database;
use futures::{TryStreamExt, future::BoxFuture};
use tokio_util::sync::CancellationToken;

use crate::{failure::one_line, house::House};

type Ready = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// The check: index and archive answer, and nobody told us to stop.
pub(super) fn check(house: &House, stop: CancellationToken) -> Ready {
    let (database, archive) = (house.database.clone(), house.archive.clone());
    Arc::new(move || {
        let (database, archive, stop) = (database.clone(), archive.clone(), stop.clone());
        Box::pin(async move { answer(&database, &archive, &stop).await })
    })
}

async fn answer(
    database: &Database,
    archive: &Archive,
    stop: &CancellationToken,
) -> Result<(), String> {
    if stop.is_cancelled() {
        return Err("draining".into());
    }
    database
        .ready()
        .await
        .map_err(|error| one_line(&error.into()))?;
    // The journal is a short listing; one entry of it tells that the archive answers.
    let mut journal = archive.list(Some("journal"));
    journal
        .try_next()
        .await
        .map(drop)
        .map_err(|error| one_line(&error.into()))
}
