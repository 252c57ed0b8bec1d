//! Rebuilds the index from the archive alone.

use std::{
    collections::{BTreeMap, HashSet},
    pin::pin,
};

use archive::Archive;
use database::{Committed, IndexState, Lock, NewInstance};
use dataset::{Limits, Scanner, part10};
use futures::{StreamExt, TryStreamExt};
use model::{ObjectKey, Rejection};
use time::OffsetDateTime;

use super::{
    OnProgress, Pair, Progress, UpkeepError,
    journal::{self, Standing},
    release,
};
use crate::{
    index::{self, Extent},
    provenance::Provenance,
};

/// Objects read at once.
const READERS: usize = 4;
/// Rows compared with the archive at once.
const BATCH: u32 = 500;

/// What a reindex did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reindexed {
    /// Objects whose row stands now.
    pub indexed: u64,
    /// Copies of content that another object already holds; `sweep` takes them.
    pub copies: u64,
    /// Rows without an object, taken out.
    pub forgotten: u64,
    /// Objects that could not be indexed and why.
    pub unreadable: Vec<(String, String)>,
    /// Whether the index is whole now, so that `sweep` may believe it.
    pub complete: bool,
}

/// What objects mean that have no row and cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The index is not complete: a limit may be too low, or they can be mended.
    Incomplete,
    /// They are given up: `sweep` may take them.
    GivenUp,
}

/// Reads every object that no decision took away, commits its row, and takes out rows that have no
/// object. Rows that stand already are left as they are, so it may run again and beside a server.
/// From its beginning until it ends well the index is [`IndexState::Rebuilding`].
pub async fn reindex(
    pair: &Pair,
    limits: &Limits,
    unread: Unread,
    progress: OnProgress<'_>,
) -> Result<Reindexed, UpkeepError> {
    let mut lock = pair.database().lock_upkeep("reindex").await?;
    let result = locked(pair, limits, unread, &mut lock, progress).await;
    release(lock, result).await
}

async fn locked(
    pair: &Pair,
    limits: &Limits,
    unread: Unread,
    lock: &mut Lock,
    progress: OnProgress<'_>,
) -> Result<Reindexed, UpkeepError> {
    let (archive, database) = (pair.archive(), pair.database());
    pair.still_there().await?;
    database.set_index_state(IndexState::Rebuilding).await?;
    let standing = journal::standing(journal::read(archive).await?);
    let deleted = &standing.deleted;
    forget_deleted(pair, deleted).await?;
    settle_rejected(pair, &standing).await?;
    let nothing = archive
        .list(None)
        .try_filter_map(|entry| async move { Ok(entry.key.parse::<ObjectKey>().ok()) });
    if pin!(nothing).try_next().await?.is_none() && !database.objects(None, 1).await?.is_empty() {
        return Err(UpkeepError::NoArchive);
    }
    let mut done = Progress::default();
    // Before anything is indexed: a copy of what a row names in vain shall get a row of its own.
    let mut reindexed = Reindexed {
        forgotten: forget_rows_without_object(pair, lock).await?,
        ..Reindexed::default()
    };
    let reads = archive
        .list(None)
        .try_filter_map(|entry| {
            let live = !deleted.contains(&entry.key);
            let object = entry.key.parse::<ObjectKey>().ok().filter(|_| live);
            async move { Ok(object.map(|object| (object, entry))) }
        })
        .map(|listed| async move {
            let (object, entry) = listed?;
            let row = read_row(archive, &object, entry.length, limits).await;
            Ok::<_, UpkeepError>((entry, row))
        })
        .buffer_unordered(READERS);
    let mut reads = pin!(reads);
    while let Some(read) = reads.next().await {
        let (entry, row) = read?;
        done.objects += 1;
        done.bytes += entry.length;
        progress(done);
        match row {
            Ok(row) if standing.rejected.contains_key(&entry.key) => {
                let (rejection, at) = standing.rejected[&entry.key];
                database.note_rejected(&row, rejection, at).await?;
                reindexed.indexed += 1;
            }
            Ok(row) => match database.commit(row).await? {
                Committed::Identical | Committed::Rejected => reindexed.copies += 1,
                _ => reindexed.indexed += 1,
            },
            // Removed since it was listed: a copy of what was there, or bytes that a resend replaced.
            Err(Unindexable::Archive(error)) if error.is_not_found() => {}
            Err(Unindexable::Archive(error)) => return Err(error.into()),
            Err(reason) => reindexed.unreadable.push((entry.key, reason.to_string())),
        }
    }
    reindexed.complete = match unread {
        Unread::GivenUp => true,
        Unread::Incomplete => all_have_rows(pair, &reindexed.unreadable).await?,
    };
    if reindexed.complete {
        lock.held().await?;
        database.set_index_state(IndexState::Complete).await?;
    }
    Ok(reindexed)
}

/// Ends what a deletion began that was cut off: no row names what a decision took away.
async fn forget_deleted(pair: &Pair, deleted: &HashSet<String>) -> Result<(), UpkeepError> {
    let keys: Vec<ObjectKey> = deleted.iter().filter_map(|key| key.parse().ok()).collect();
    let left: Vec<ObjectKey> = pair.database().known(&keys).await?.into_iter().collect();
    Ok(pair.database().forget(&left).await?)
}

/// Ends what rejecting and restoring began that was cut off.
async fn settle_rejected(pair: &Pair, standing: &Standing) -> Result<(), UpkeepError> {
    let database = pair.database();
    let mut decisions: BTreeMap<(Rejection, OffsetDateTime), Vec<ObjectKey>> = BTreeMap::new();
    for (key, decision) in &standing.rejected {
        if let Ok(key) = key.parse() {
            decisions.entry(*decision).or_default().push(key);
        }
    }
    for ((rejection, at), keys) in decisions {
        database.reject(&keys, rejection, at).await?;
    }
    let mut after: Option<ObjectKey> = None;
    loop {
        let rows = database.rejected(after.as_ref(), BATCH).await?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = Some(last.key.clone());
        for row in rows {
            if !standing.rejected.contains_key(&row.key.to_string()) {
                database.restored(&row.key).await?;
            }
        }
    }
}

/// Whether a row names each of these: then their damage is for `verify` to tell.
async fn all_have_rows(pair: &Pair, unread: &[(String, String)]) -> Result<bool, UpkeepError> {
    let keys: HashSet<ObjectKey> = unread
        .iter()
        .filter_map(|(key, _)| key.parse().ok())
        .collect();
    let listed: Vec<ObjectKey> = keys.iter().cloned().collect();
    Ok(pair.database().known(&listed).await? == keys)
}

/// Why an object has no row.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unindexable {
    #[error("{0}")]
    Archive(archive::ArchiveError),
    #[error("{0}")]
    DataSet(#[from] dataset::DatasetError),
    #[error("it carries no provenance of ours in (0002,0102)")]
    NoProvenance,
    #[error("its provenance cannot be read: {0}")]
    Provenance(#[from] serde_json::Error),
    #[error("{0}")]
    Identity(crate::IngestError),
    #[error("its key and its content disagree")]
    OtherKey,
}

/// The row of an object of the archive, made from its bytes alone.
pub(crate) async fn read_row(
    archive: &Archive,
    object: &ObjectKey,
    length: u64,
    limits: &Limits,
) -> Result<NewInstance, Unindexable> {
    let mut bytes = archive
        .stream(&object.to_string(), 0..length)
        .await
        .map_err(Unindexable::Archive)?;
    let mut head = Vec::new();
    let (meta, dataset_offset, transfer_syntax) = loop {
        let chunk = bytes.try_next().await.map_err(Unindexable::Archive)?;
        let at_end = chunk.is_none();
        head.extend_from_slice(&chunk.unwrap_or_default());
        match part10::probe(&head, at_end)? {
            part10::Probe::Found {
                meta,
                dataset_offset,
                transfer_syntax,
            } => break (meta, dataset_offset, transfer_syntax),
            part10::Probe::NeedMore if at_end => return Err(Unindexable::NoProvenance),
            part10::Probe::NeedMore => {}
        }
    };
    let provenance = Provenance::read(&meta.private.ok_or(Unindexable::NoProvenance)?)?;
    let mut scanner = Scanner::new(&transfer_syntax, *limits);
    let mut digest = blake3::Hasher::new();
    scanner.feed(&head[dataset_offset..])?;
    digest.update(&head[dataset_offset..]);
    drop(head);
    while let Some(chunk) = bytes.try_next().await.map_err(Unindexable::Archive)? {
        scanner.feed(&chunk)?;
        digest.update(&chunk);
    }
    let header = scanner.finish()?;
    let identity = index::identity(&header).map_err(Unindexable::Identity)?;
    if index::object_key(&provenance.institution, &identity, object.ulid) != *object {
        return Err(Unindexable::OtherKey);
    }
    let extent = Extent {
        length,
        dataset_offset: u32::try_from(dataset_offset).expect("a file meta group is short"),
        digest: *digest.finalize().as_bytes(),
    };
    Ok(index::row(
        &header,
        object.clone(),
        identity.sop_class,
        extent,
        &provenance,
    ))
}

async fn forget_rows_without_object(pair: &Pair, lock: &mut Lock) -> Result<u64, UpkeepError> {
    let (archive, database) = (pair.archive(), pair.database());
    let mut forgotten = 0;
    let mut after: Option<ObjectKey> = None;
    loop {
        let rows = database.objects(after.as_ref(), BATCH).await?;
        let Some(last) = rows.last() else {
            return Ok(forgotten);
        };
        after = Some(last.key.clone());
        let mut gone = Vec::new();
        for row in rows {
            match archive.size(&row.key.to_string()).await {
                Ok(_) => {}
                Err(error) if error.is_not_found() => gone.push(row.key),
                Err(error) => return Err(error.into()),
            }
        }
        if !gone.is_empty() {
            lock.held().await?;
            pair.still_there().await?;
        }
        forgotten += gone.len() as u64;
        database.forget(&gone).await?;
    }
}
