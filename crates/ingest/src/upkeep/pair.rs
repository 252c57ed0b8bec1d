//! An archive and its index, known to belong together by an id that both keep.

use std::time::Duration;

use archive::{Archive, ArchiveError};
use database::{Database, IndexOf, IndexState};
use futures::{StreamExt, TryStreamExt};
use model::{Identifiers, ObjectKey};
use ulid::Ulid;

use super::{UpkeepError, journal};

/// Where the archive keeps its id: a ULID as text. Object keys have five parts, so none collides.
const KEY: &str = "archive/id";
/// Objects looked at to tell whether an archive without id is the one that the index names.
const LOOKED_AT: usize = 100;
/// How often the id is written anew, and the pause for a process that is writing it.
const TRIES: usize = 3;
const AGAIN: Duration = Duration::from_secs(1);

/// An archive and its index. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pair {
    archive: Archive,
    database: Database,
    id: Ulid,
}

/// What is found in an archive and an index.
struct Seen {
    /// The index names objects.
    rows: bool,
    /// The archive holds objects.
    objects: bool,
    /// The index names at least one of those looked at.
    known: bool,
}

impl Pair {
    /// Joins archive and index; both get an id when they have none.
    ///
    /// Fails when the index is of another archive, and when it names objects of which the archive
    /// shows none: a folder that is not mounted, another bucket. An index that is new beside an
    /// archive that is not, is [`IndexState::Rebuilding`] until a reindex ends well.
    pub async fn open(
        archive: Archive,
        database: Database,
        identifiers: &dyn Identifiers,
    ) -> Result<Self, UpkeepError> {
        let kept = read(&archive).await?;
        let id = match (kept, database.index_of().await?) {
            (Some(kept), Some(index)) => same(kept, index)?,
            (Some(kept), None) => {
                let seen = look(&archive, &database).await?;
                let state = match seen.objects {
                    false => IndexState::Complete,
                    // Also an index that is older than the id: a backup from before.
                    true => IndexState::Rebuilding,
                };
                same(kept, database.claim(kept, state).await?)?
            }
            (None, index) => {
                let seen = look(&archive, &database).await?;
                let is_new = !seen.rows && seen.objects;
                let state = match is_new {
                    true => IndexState::Rebuilding,
                    false => IndexState::Complete,
                };
                let id = match index {
                    Some(index) => index.archive,
                    // Of several that start at once one wins; all write its id.
                    None => database.claim(identifiers.next(), state).await?.archive,
                };
                if is_new {
                    database.set_index_state(state).await?;
                }
                write(&archive, id).await?;
                id
            }
        };
        Ok(Self {
            archive,
            database,
            id,
        })
    }

    /// The archive.
    pub fn archive(&self) -> &Archive {
        &self.archive
    }

    /// The index.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Fails when the archive is not there any more: what is missing in it is not lost then.
    pub(super) async fn still_there(&self) -> Result<(), UpkeepError> {
        match read(&self.archive).await? {
            Some(kept) if kept == self.id => Ok(()),
            _ => Err(UpkeepError::NoArchive),
        }
    }
}

/// Fails when this is not the archive of this index: it was taken away under a running process.
pub(crate) async fn is_mounted(archive: &Archive, database: &Database) -> Result<(), UpkeepError> {
    match (read(archive).await?, database.index_of().await?) {
        (Some(kept), Some(index)) => same(kept, index).map(drop),
        _ => Err(UpkeepError::NoArchive),
    }
}

/// Whether an archive key is one of ours that holds no object.
pub(super) fn is_ours(key: &str) -> bool {
    key == KEY || journal::is_entry(key)
}

fn same(kept: Ulid, index: IndexOf) -> Result<Ulid, UpkeepError> {
    if kept == index.archive {
        return Ok(kept);
    }
    Err(UpkeepError::OtherArchive {
        index: index.archive,
        archive: kept,
    })
}

async fn read(archive: &Archive) -> Result<Option<Ulid>, UpkeepError> {
    let length = match archive.size(KEY).await {
        Ok(length) => length,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let bytes = archive.get(KEY, 0..length.min(100)).await?;
    let id = std::str::from_utf8(&bytes).map(str::trim);
    id.ok()
        .and_then(|id| Ulid::from_string(id).ok())
        .map(Some)
        .ok_or(UpkeepError::NoId)
}

async fn write(archive: &Archive, id: Ulid) -> Result<(), UpkeepError> {
    for _ in 0..TRIES {
        match archive.put(KEY, format!("{id}\n").into()).await {
            // Another process that starts as well was faster, or was killed on the way.
            Ok(()) | Err(ArchiveError::Exists { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        match read(archive).await? {
            Some(kept) if kept == id => return Ok(()),
            Some(kept) => {
                return Err(UpkeepError::OtherArchive {
                    index: id,
                    archive: kept,
                });
            }
            None => tokio::time::sleep(AGAIN).await,
        }
        if read(archive).await?.is_none() {
            // Takes the staging file too.
            archive.delete(KEY).await?;
        }
    }
    Err(UpkeepError::NoArchive)
}

async fn look(archive: &Archive, database: &Database) -> Result<Seen, UpkeepError> {
    let objects: Vec<ObjectKey> = archive
        .list(None)
        .try_filter_map(|entry| async move { Ok(entry.key.parse().ok()) })
        .take(LOOKED_AT)
        .try_collect()
        .await?;
    let seen = Seen {
        rows: !database.objects(None, 1).await?.is_empty(),
        known: !database.known(&objects).await?.is_empty(),
        objects: !objects.is_empty(),
    };
    if seen.rows && !seen.known {
        return Err(UpkeepError::NoArchive);
    }
    Ok(seen)
}
