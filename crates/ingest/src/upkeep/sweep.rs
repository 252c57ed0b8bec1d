//! Takes away what no row names: orphans of a crash, and unfinished uploads.

use std::time::Duration;

use archive::Archive;
use database::Database;
use futures::TryStreamExt;
use model::{Clock, ObjectKey};

use super::{OnProgress, Progress, UpkeepError, journal};

/// Keys asked of the index at once.
const BATCH: usize = 500;

/// What a sweep found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Objects that no row named, taken away.
    pub orphans: u64,
    /// Unfinished uploads taken away.
    pub staging: u64,
    /// Bytes freed.
    pub bytes: u64,
    /// Keys that are neither objects nor journal entries; left alone.
    pub foreign: Vec<String>,
}

/// Takes away objects that no row names and whose reception began more than `older_than` ago, and
/// unfinished uploads of that age. Younger ones may be on their way in. Refuses to work from an
/// index without any row, which would take the whole archive for orphans.
pub async fn sweep(
    archive: &Archive,
    database: &Database,
    clock: &dyn Clock,
    older_than: Duration,
    progress: OnProgress<'_>,
) -> Result<Swept, UpkeepError> {
    let now = clock.now();
    let youngest =
        u64::try_from((now - older_than).unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    let has_rows = !database.objects(None, 1).await?.is_empty();
    let mut swept = Swept::default();
    let mut done = Progress::default();
    let mut batch = Vec::with_capacity(BATCH);
    let mut listing = archive.list(None);
    while let Some(entry) = listing.try_next().await? {
        done.objects += 1;
        done.bytes += entry.length;
        progress(done);
        match entry.key.parse::<ObjectKey>() {
            Ok(_) if !has_rows => return Err(UpkeepError::EmptyIndex),
            Ok(key) if key.ulid.timestamp_ms() <= youngest => batch.push((key, entry.length)),
            Ok(_) => {}
            Err(_) if journal::is_entry(&entry.key) => {}
            Err(_) => swept.foreign.push(entry.key),
        }
        if batch.len() == BATCH {
            remove_unknown(archive, database, &mut batch, &mut swept).await?;
        }
    }
    remove_unknown(archive, database, &mut batch, &mut swept).await?;
    let staging = archive.staging(older_than, now).await?;
    swept.staging = staging.objects;
    swept.bytes += staging.bytes;
    Ok(swept)
}

async fn remove_unknown(
    archive: &Archive,
    database: &Database,
    batch: &mut Vec<(ObjectKey, u64)>,
    swept: &mut Swept,
) -> Result<(), UpkeepError> {
    let keys: Vec<_> = batch.iter().map(|(key, _)| key.clone()).collect();
    let known = database.known(&keys).await?;
    for (key, length) in batch.drain(..) {
        if !known.contains(&key) {
            archive.delete(&key.to_string()).await?;
            swept.orphans += 1;
            swept.bytes += length;
        }
    }
    Ok(())
}
