//! One archive, whatever keeps its bytes.

use std::{ops::Range, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::stream::BoxStream;
use time::OffsetDateTime;

use crate::{
    ArchiveError, ObjectWriter, S3Settings, key, local::Local, object_writer::Sink, remote::Remote,
};

/// A store of objects by key. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Archive {
    store: Store,
}

#[derive(Clone, Debug)]
enum Store {
    Local(Arc<Local>),
    Remote(Arc<Remote>),
}

/// An object as a listing tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// Its bytes.
    pub length: u64,
    /// When it was last written.
    pub modified: OffsetDateTime,
}

/// What [`Archive::staging`] removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Staged {
    /// Staging files, or unfinished multipart uploads.
    pub objects: u64,
    /// Their bytes, as far as the store tells.
    pub bytes: u64,
}

impl Archive {
    /// An archive in the folder `root`, which is made if it does not exist.
    pub fn local(root: &Path) -> Result<Self, ArchiveError> {
        Ok(Self {
            store: Store::Local(Arc::new(Local::open(root)?)),
        })
    }

    /// An archive in memory, for tests: it is as durable as the process.
    pub fn memory() -> Self {
        Self {
            store: Store::Remote(Arc::new(Remote::memory())),
        }
    }

    /// An archive in a bucket of an S3 service. Nothing is asked of the service yet.
    pub fn s3(settings: S3Settings) -> Result<Self, ArchiveError> {
        Ok(Self {
            store: Store::Remote(Arc::new(Remote::s3(settings)?)),
        })
    }

    /// Begins an object under `key`, which must be new.
    pub async fn writer(&self, key: &str) -> Result<ObjectWriter, ArchiveError> {
        let path = key::parse(key)?;
        Ok(ObjectWriter::new(match &self.store {
            Store::Local(local) => Sink::Local(local.writer(&path)),
            Store::Remote(remote) => Sink::Remote(remote.writer(path)),
        }))
    }

    /// Stores `bytes` under `key`, which must be new; returns when they are durable.
    pub async fn put(&self, key: &str, bytes: Bytes) -> Result<(), ArchiveError> {
        let mut writer = self.writer(key).await?;
        writer.write(bytes).await?;
        writer.finish().await.map(drop)
    }

    /// Reads the bytes `range` of an object; [`ArchiveError::Short`] if it ends before.
    pub async fn get(&self, key: &str, range: Range<u64>) -> Result<Bytes, ArchiveError> {
        let path = key::parse(key)?;
        match &self.store {
            Store::Local(local) => local.get(&path, range).await,
            Store::Remote(remote) => remote.get(&path, range).await,
        }
    }

    /// Reads the bytes `range` of an object piece by piece, a few MiB ahead at most, whatever the
    /// length. An absent or short object is told before the first piece.
    pub async fn stream(
        &self,
        key: &str,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, ArchiveError>>, ArchiveError> {
        let path = key::parse(key)?;
        match &self.store {
            Store::Local(local) => local.stream(&path, range).await,
            Store::Remote(remote) => Arc::clone(remote).stream(path, range).await,
        }
    }

    /// The length of an object, bytes.
    pub async fn size(&self, key: &str) -> Result<u64, ArchiveError> {
        let path = key::parse(key)?;
        match &self.store {
            Store::Local(local) => local.size(&path).await,
            Store::Remote(remote) => remote.size(&path).await,
        }
    }

    /// All objects whose key begins with the segments of `prefix`, in no particular order.
    pub fn list(&self, prefix: Option<&str>) -> BoxStream<'static, Result<Entry, ArchiveError>> {
        match &self.store {
            Store::Local(local) => local.list(prefix),
            Store::Remote(remote) => remote.list(prefix),
        }
    }

    /// Removes an object; an absent one is no error.
    pub async fn delete(&self, key: &str) -> Result<(), ArchiveError> {
        let path = key::parse(key)?;
        match &self.store {
            Store::Local(local) => local.delete(&path),
            Store::Remote(remote) => remote.delete(&path).await,
        }
    }

    /// Removes what interrupted writers left behind and listings hide, if it is older than
    /// `older_than` at `now`: staging files, unfinished multipart uploads.
    pub async fn staging(
        &self,
        older_than: Duration,
        now: OffsetDateTime,
    ) -> Result<Staged, ArchiveError> {
        let before = now - older_than;
        match &self.store {
            Store::Local(local) => local.clear(before),
            Store::Remote(remote) => remote.clear(before).await,
        }
    }

    /// Bytes free on the device that holds a local archive; none for other stores.
    pub fn free_space(&self) -> Option<u64> {
        match &self.store {
            Store::Local(local) => local.free_space(),
            Store::Remote(_) => None,
        }
    }
}
