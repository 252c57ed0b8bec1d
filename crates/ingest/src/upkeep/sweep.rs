//! Takes away what no row names: orphans of a crash, and unfinished uploads.

use std::time::Duration;

use database::{IndexState, Lock};
use futures::TryStreamExt;
use model::{Clock, ObjectKey};

use super::{OnProgress, Pair, Progress, UpkeepError, pair, release};

/// Keys asked of the index at once.
const BATCH: usize = 500;

/// How old an object must be to be an orphan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    /// The reception of what is taken away began longer ago than this.
    pub older_than: Duration,
    /// No less than this while anybody receives.
    pub floor: Duration,
}

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

/// Takes away objects that no row names and whose reception began more than [`Age::older_than`]
/// ago, and unfinished uploads of that age. Younger ones may be on their way in; an age below the
/// floor is taken only while nobody receives, and keeps everybody from it until it is done.
pub async fn sweep(
    pair: &Pair,
    clock: &dyn Clock,
    age: Age,
    progress: OnProgress<'_>,
) -> Result<Swept, UpkeepError> {
    let mut lock = pair.database().lock_upkeep("sweep").await?;
    let result = locked(pair, clock, age, &mut lock, progress).await;
    release(lock, result).await
}

async fn locked(
    pair: &Pair,
    clock: &dyn Clock,
    age: Age,
    lock: &mut Lock,
    progress: OnProgress<'_>,
) -> Result<Swept, UpkeepError> {
    let index = pair.database().index_of().await?;
    if index.is_none_or(|index| index.state != IndexState::Complete) {
        return Err(UpkeepError::Incomplete);
    }
    if age.older_than >= age.floor {
        return take_away(pair, clock, age.older_than, &mut [lock], progress).await;
    }
    let alone = pair.database().lock_out_receivers("sweep").await;
    let mut alone = alone.map_err(|error| match error.is_locked() {
        true => UpkeepError::TooYoung {
            floor: age.floor,
            receiving: error,
        },
        false => error.into(),
    })?;
    let locks = &mut [lock, &mut alone];
    let result = take_away(pair, clock, age.older_than, locks, progress).await;
    release(alone, result).await
}

async fn take_away(
    pair: &Pair,
    clock: &dyn Clock,
    older_than: Duration,
    locks: &mut [&mut Lock],
    progress: OnProgress<'_>,
) -> Result<Swept, UpkeepError> {
    let now = clock.now();
    let youngest = moment_ms(now, older_than);
    let mut swept = Swept::default();
    let mut done = Progress::default();
    let mut batch = Vec::with_capacity(BATCH);
    let mut listing = pair.archive().list(None);
    while let Some(entry) = listing.try_next().await? {
        done.objects += 1;
        done.bytes += entry.length;
        progress(done);
        match entry.key.parse::<ObjectKey>() {
            Ok(key) if key.ulid.timestamp_ms() <= youngest => batch.push((key, entry.length)),
            Ok(_) => {}
            Err(_) if pair::is_ours(&entry.key) => {}
            Err(_) => swept.foreign.push(entry.key),
        }
        if batch.len() == BATCH {
            remove_unknown(pair, locks, &mut batch, &mut swept).await?;
        }
    }
    remove_unknown(pair, locks, &mut batch, &mut swept).await?;
    let staging = pair.archive().staging(older_than, now).await?;
    swept.staging = staging.objects;
    swept.bytes += staging.bytes;
    Ok(swept)
}

/// The moment `age` before `now`, milliseconds since 1970.
pub(super) fn moment_ms(now: time::OffsetDateTime, age: Duration) -> u64 {
    u64::try_from((now - age).unix_timestamp_nanos() / 1_000_000).unwrap_or_default()
}

async fn remove_unknown(
    pair: &Pair,
    locks: &mut [&mut Lock],
    batch: &mut Vec<(ObjectKey, u64)>,
    swept: &mut Swept,
) -> Result<(), UpkeepError> {
    let keys: Vec<_> = batch.iter().map(|(key, _)| key.clone()).collect();
    let known = pair.database().known(&keys).await?;
    for (key, length) in batch.drain(..) {
        if !known.contains(&key) {
            for lock in locks.iter_mut() {
                lock.held().await?;
            }
            pair.archive().delete(&key.to_string()).await?;
            swept.orphans += 1;
            swept.bytes += length;
        }
    }
    Ok(())
}
