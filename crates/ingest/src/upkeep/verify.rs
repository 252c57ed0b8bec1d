//! Checks that every row has its bytes and digest, and that every object has its row.

use std::collections::HashSet;

use archive::Archive;
use database::{Database, ObjectRow};
use futures::{StreamExt, TryStreamExt};
use model::ObjectKey;

use super::{OnProgress, Pair, Progress, UpkeepError, pair};

/// Rows read of the index, or keys asked of it, at once.
const BATCH: u32 = 500;
/// Objects read at once.
const READERS: usize = 4;

/// What is wrong with an object that a row names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// It is not in the archive.
    #[error("{0}: the bytes are missing")]
    Missing(ObjectKey),
    /// It has another length.
    #[error("{key}: {found} bytes where the index says {expected}")]
    Length {
        /// Which object.
        key: ObjectKey,
        /// What the index says.
        expected: u64,
        /// What the archive holds.
        found: u64,
    },
    /// Its data set hashes to something else.
    #[error("{0}: the data set's digest is not the one in the index")]
    Digest(ObjectKey),
}

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// Rows whose bytes were read.
    pub objects: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Rows whose bytes are not what they should be.
    pub damaged: Vec<Damage>,
    /// Objects without a row: left by a crash, or on their way in; `sweep` takes them in time.
    pub orphans: u64,
    /// Keys that are neither objects nor journal entries.
    pub foreign: Vec<String>,
}

impl Verified {
    /// Whether every row has its bytes.
    pub fn is_clean(&self) -> bool {
        self.damaged.is_empty()
    }
}

/// Reads every object that the index names and hashes it, then lists the archive. What is damaged is
/// marked in the index, so that the next resend of the same data set takes its place; what is found
/// mended loses its mark.
pub async fn verify(pair: &Pair, progress: OnProgress<'_>) -> Result<Verified, UpkeepError> {
    let (archive, database) = (pair.archive(), pair.database());
    let marked = &database.damaged().await?;
    let mut verified = Verified::default();
    let mut after: Option<ObjectKey> = None;
    loop {
        let rows = database.objects(after.as_ref(), BATCH).await?;
        let Some(last) = rows.last() else { break };
        after = Some(last.key.clone());
        let mut checks = futures::stream::iter(rows)
            .map(|row| async move { (row.length, check(pair, marked, &row).await) })
            .buffered(READERS);
        while let Some((length, damage)) = checks.next().await {
            verified.objects += 1;
            verified.bytes += length;
            verified.damaged.extend(damage?);
            progress(Progress {
                objects: verified.objects,
                bytes: verified.bytes,
            });
        }
    }
    list(archive, database, &mut verified).await?;
    Ok(verified)
}

async fn check(
    pair: &Pair,
    marked: &HashSet<ObjectKey>,
    row: &ObjectRow,
) -> Result<Option<Damage>, UpkeepError> {
    let database = pair.database();
    let damage = damage(pair.archive(), row).await?;
    if damage.is_none() {
        if marked.contains(&row.key) {
            database.unmark_damaged(&row.key).await?;
        }
        return Ok(None);
    }
    // A study deleted since the row was read has neither row nor bytes: no damage.
    let known = database.known(std::slice::from_ref(&row.key)).await?;
    if known.is_empty() {
        return Ok(None);
    }
    pair.still_there().await?;
    if !marked.contains(&row.key) {
        database.mark_damaged(&row.key).await?;
    }
    Ok(damage)
}

async fn damage(archive: &Archive, row: &ObjectRow) -> Result<Option<Damage>, UpkeepError> {
    let key = row.key.to_string();
    let found = match archive.size(&key).await {
        Ok(found) => found,
        Err(error) if error.is_not_found() => return Ok(Some(Damage::Missing(row.key.clone()))),
        Err(error) => return Err(error.into()),
    };
    if found != row.length {
        return Ok(Some(Damage::Length {
            key: row.key.clone(),
            expected: row.length,
            found,
        }));
    }
    let mut digest = blake3::Hasher::new();
    let mut bytes = archive
        .stream(&key, u64::from(row.dataset_offset)..row.length)
        .await?;
    while let Some(chunk) = bytes.try_next().await? {
        digest.update(&chunk);
    }
    Ok((digest.finalize() != row.digest).then(|| Damage::Digest(row.key.clone())))
}

async fn list(
    archive: &Archive,
    database: &Database,
    verified: &mut Verified,
) -> Result<(), UpkeepError> {
    let mut batch = Vec::new();
    let mut listing = archive.list(None);
    loop {
        let entry = listing.try_next().await?;
        let ended = entry.is_none();
        if let Some(entry) = entry {
            match entry.key.parse::<ObjectKey>() {
                Ok(key) => batch.push(key),
                Err(_) if pair::is_ours(&entry.key) => {}
                Err(_) => verified.foreign.push(entry.key),
            }
        }
        if ended || batch.len() == BATCH as usize {
            let known = database.known(&batch).await?;
            verified.orphans += (batch.len() - known.len()) as u64;
            batch.clear();
        }
        if ended {
            return Ok(());
        }
    }
}
