//! An S3 service, or memory: what object_store reaches over its one interface.

mod multipart;
mod s3;
mod uploads;
mod writer;

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use object_store::{ObjectStore, ObjectStoreExt, memory::InMemory, path::Path as Key};
use time::OffsetDateTime;

pub use s3::S3Settings;
pub(crate) use writer::RemoteWriter;

use crate::{ArchiveError, Entry, Staged, listing};
use uploads::Uploads;

/// Bytes read by one request; one piece ahead.
const PIECE: u64 = 4 << 20;

/// An archive in an object store.
#[derive(Debug)]
pub(crate) struct Remote {
    store: Arc<dyn ObjectStore>,
    /// Before every key; empty or ending without a slash.
    prefix: String,
    /// Its unfinished multipart uploads, where the store has such.
    uploads: Option<Uploads>,
}

impl Remote {
    /// Objects in memory.
    pub(crate) fn memory() -> Self {
        Self {
            store: Arc::new(InMemory::new()),
            prefix: String::new(),
            uploads: None,
        }
    }

    /// Objects in a bucket.
    pub(crate) fn s3(settings: S3Settings) -> Result<Self, ArchiveError> {
        let prefix = settings.checked_prefix()?;
        Ok(Self {
            store: Arc::new(settings.client()?),
            uploads: Some(Uploads::new(settings)?),
            prefix,
        })
    }

    /// Begins an object.
    pub(crate) fn writer(&self, key: Key) -> RemoteWriter {
        let full = self.full(&key);
        RemoteWriter::new(Arc::clone(&self.store), key.to_string(), full)
    }

    /// The bytes `range` of an object.
    pub(crate) async fn get(&self, key: &Key, range: Range<u64>) -> Result<Bytes, ArchiveError> {
        if range.is_empty() {
            let size = self.size(key).await?;
            return if range.start <= size {
                Ok(Bytes::new())
            } else {
                Err(short(key, range))
            };
        }
        let wanted = range.end - range.start;
        match self.store.get_range(&self.full(key), range.clone()).await {
            Ok(bytes) if bytes.len() as u64 == wanted => Ok(bytes),
            Ok(_) => Err(short(key, range)),
            Err(error) => {
                let error = ArchiveError::store(key.as_ref(), error);
                // A range that begins past the end is refused in as many ways as there are stores.
                match error {
                    ArchiveError::Store { .. }
                        if self.size(key).await.is_ok_and(|size| size < range.end) =>
                    {
                        Err(short(key, range))
                    }
                    error => Err(error),
                }
            }
        }
    }

    /// The bytes `range` of an object, piece by piece: each by a request of its own, so that a slow
    /// reader holds no connection.
    pub(crate) async fn stream(
        self: Arc<Self>,
        key: Key,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, ArchiveError>>, ArchiveError> {
        let size = self.size(&key).await?;
        if size < range.end {
            return Err(short(&key, range));
        }
        Ok(stream::iter(crate::pieces::of(range, PIECE))
            .map(move |piece| {
                let (this, key) = (Arc::clone(&self), key.clone());
                async move { this.get(&key, piece).await }
            })
            .buffered(2)
            .boxed())
    }

    /// The length of an object.
    pub(crate) async fn size(&self, key: &Key) -> Result<u64, ArchiveError> {
        let meta = self.store.head(&self.full(key)).await;
        Ok(meta
            .map_err(|error| ArchiveError::store(key.as_ref(), error))?
            .size)
    }

    /// All objects below `prefix`.
    pub(crate) fn list(
        &self,
        prefix: Option<&str>,
    ) -> BoxStream<'static, Result<Entry, ArchiveError>> {
        let below = match prefix {
            Some(prefix) => self.full(&Key::from(prefix)),
            None => Key::from(self.prefix.as_str()),
        };
        listing::entries(self.store.list(Some(&below)), &self.prefix)
    }

    /// Removes an object.
    pub(crate) async fn delete(&self, key: &Key) -> Result<(), ArchiveError> {
        match self.store.delete(&self.full(key)).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            result => result.map_err(|error| ArchiveError::store(key.as_ref(), error)),
        }
    }

    /// Aborts multipart uploads that were begun before `before`.
    pub(crate) async fn clear(&self, before: OffsetDateTime) -> Result<Staged, ArchiveError> {
        let mut staged = Staged::default();
        let Some(uploads) = &self.uploads else {
            return Ok(staged);
        };
        let found: Vec<_> = uploads.list(&self.prefix).try_collect().await?;
        for upload in found.iter().filter(|upload| upload.initiated < before) {
            uploads.abort(upload).await?;
            staged.objects += 1;
        }
        Ok(staged)
    }

    fn full(&self, key: &Key) -> Key {
        if self.prefix.is_empty() {
            key.clone()
        } else {
            Key::from(format!("{}/{key}", self.prefix))
        }
    }
}

fn short(key: &Key, range: Range<u64>) -> ArchiveError {
    ArchiveError::Short {
        key: key.to_string(),
        range,
    }
}
