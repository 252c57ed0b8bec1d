//! Reading from a folder: a file is opened once and read piece by piece.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
    os::unix::fs::FileExt,
    sync::Arc,
};

use bytes::Bytes;
use futures::{StreamExt, stream, stream::BoxStream};
use object_store::path::Path as Key;

use super::{Local, cached};
use crate::ArchiveError;

/// Bytes read at a time; one piece ahead.
const PIECE: u64 = 1 << 20;

impl Local {
    /// The bytes `range` of an object.
    pub(crate) async fn get(&self, key: &Key, range: Range<u64>) -> Result<Bytes, ArchiveError> {
        let path = self.tree.root().join(key.as_ref());
        if let Some(bytes) = cached::read(&path, &range) {
            return Ok(bytes);
        }
        let key: Arc<str> = key.as_ref().into();
        let name = Arc::clone(&key);
        offload(&key, move || {
            let file = open(&path, &name, range.end)?;
            whole(file, &name, range)
        })
        .await
    }

    /// The bytes `range` of an object, piece by piece.
    pub(crate) async fn stream(
        &self,
        key: &Key,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, ArchiveError>>, ArchiveError> {
        if range.end.saturating_sub(range.start) <= PIECE {
            // Opened and read in one go: a frame is mostly no longer.
            let piece = self.get(key, range).await?;
            return Ok(stream::iter((!piece.is_empty()).then_some(Ok(piece))).boxed());
        }
        let path = self.tree.root().join(key.as_ref());
        let key: Arc<str> = key.as_ref().into();
        let name = Arc::clone(&key);
        let end = range.end;
        let file = Arc::new(offload(&key, move || open(&path, &name, end)).await?);
        Ok(stream::iter(crate::pieces::of(range, PIECE))
            .map(move |piece| {
                let (file, key) = (Arc::clone(&file), Arc::clone(&key));
                async move {
                    let name = Arc::clone(&key);
                    offload(&key, move || read(&file, &name, piece)).await
                }
            })
            .buffered(2)
            .boxed())
    }
}

/// Opens a file that has at least `end` bytes.
fn open(path: &std::path::Path, key: &str, end: u64) -> Result<File, ArchiveError> {
    let failed = |error| ArchiveError::local("opening", key, error);
    let file = File::open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(ArchiveError::NotFound { key: key.into() });
    }
    if metadata.len() < end {
        return Err(ArchiveError::Short {
            key: key.into(),
            range: metadata.len()..end,
        });
    }
    Ok(file)
}

/// Reads the bytes `range` into memory that is not cleared before.
fn whole(mut file: File, key: &str, range: Range<u64>) -> Result<Bytes, ArchiveError> {
    let failed = |error| ArchiveError::local("reading", key, error);
    let length = range.end.saturating_sub(range.start);
    let capacity =
        usize::try_from(length).map_err(|_| failed(io::ErrorKind::OutOfMemory.into()))?;
    file.seek(SeekFrom::Start(range.start)).map_err(failed)?;
    let mut bytes = Vec::with_capacity(capacity);
    let found = file.take(length).read_to_end(&mut bytes).map_err(failed)?;
    if found < capacity {
        let key = key.into();
        return Err(ArchiveError::Short { key, range });
    }
    Ok(bytes.into())
}

fn read(file: &File, key: &str, range: Range<u64>) -> Result<Bytes, ArchiveError> {
    let length = range.end.saturating_sub(range.start);
    let length = usize::try_from(length)
        .map_err(|_| ArchiveError::local("reading", key, io::ErrorKind::OutOfMemory.into()))?;
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, range.start)
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => ArchiveError::Short {
                key: key.into(),
                range,
            },
            _ => ArchiveError::local("reading", key, error),
        })?;
    Ok(bytes.into())
}

/// Runs a read off the async threads: many may be under way for one request.
async fn offload<T: Send + 'static>(
    key: &str,
    work: impl FnOnce() -> Result<T, ArchiveError> + Send + 'static,
) -> Result<T, ArchiveError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(ArchiveError::Interrupted { key: key.into() }),
    }
}
