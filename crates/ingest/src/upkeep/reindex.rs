//! Rebuilds the index from the archive alone.

use std::{collections::HashSet, pin::pin};

use archive::{Archive, Entry};
use database::{Committed, Database, NewInstance};
use dataset::{Limits, Scanner, part10};
use futures::{StreamExt, TryStreamExt};
use model::ObjectKey;

use super::{OnProgress, Progress, UpkeepError, journal};
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
    /// Objects that could not be indexed and why: a crash can leave a file half written.
    pub unreadable: Vec<(String, String)>,
}

/// Reads every object that no decision took away, commits its row, and takes out rows that have no
/// object. Rows that stand already are left as they are, so it may run again and beside a server.
pub async fn reindex(
    archive: &Archive,
    database: &Database,
    limits: &Limits,
    progress: OnProgress<'_>,
) -> Result<Reindexed, UpkeepError> {
    let deleted = deleted(archive).await?;
    let mut done = Progress::default();
    let mut reindexed = Reindexed::default();
    let reads = archive
        .list(None)
        .try_filter_map(|entry| {
            let live = !deleted.contains(&entry.key);
            let object = entry.key.parse::<ObjectKey>().ok().filter(|_| live);
            async move { Ok(object.map(|object| (object, entry))) }
        })
        .map(|listed| async move {
            let (object, entry) = listed?;
            let row = read_row(archive, &object, &entry, limits).await;
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
            Ok(row) => match database.commit(row).await? {
                Committed::Identical => reindexed.copies += 1,
                _ => reindexed.indexed += 1,
            },
            Err(Unindexable::Archive(error)) if !error.is_not_found() => {
                return Err(error.into());
            }
            Err(reason) => reindexed.unreadable.push((entry.key, reason.to_string())),
        }
    }
    forget_deleted_meanwhile(archive, database, &deleted).await?;
    reindexed.forgotten = forget_rows_without_object(archive, database).await?;
    Ok(reindexed)
}

/// The objects that decisions took away.
async fn deleted(archive: &Archive) -> Result<HashSet<String>, UpkeepError> {
    let journal = journal::read(archive).await?;
    Ok(journal
        .iter()
        .flat_map(|entry| entry.objects().to_vec())
        .collect())
}

/// A study that was deleted while this ran may have been listed before: its rows go again.
async fn forget_deleted_meanwhile(
    archive: &Archive,
    database: &Database,
    before: &HashSet<String>,
) -> Result<(), UpkeepError> {
    let meanwhile: Vec<ObjectKey> = deleted(archive)
        .await?
        .difference(before)
        .filter_map(|key| key.parse().ok())
        .collect();
    Ok(database.forget(&meanwhile).await?)
}

/// Why an object has no row.
#[derive(Debug, thiserror::Error)]
enum Unindexable {
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

async fn read_row(
    archive: &Archive,
    object: &ObjectKey,
    entry: &Entry,
    limits: &Limits,
) -> Result<NewInstance, Unindexable> {
    let mut bytes = archive
        .stream(&entry.key, 0..entry.length)
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
        length: entry.length,
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

async fn forget_rows_without_object(
    archive: &Archive,
    database: &Database,
) -> Result<u64, UpkeepError> {
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
        forgotten += gone.len() as u64;
        database.forget(&gone).await?;
    }
}
