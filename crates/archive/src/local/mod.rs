//! A local folder. Reading, listing and deleting is object_store's; writing is our own
//! (docs/adr/0002-local-writer.md).

mod clear;
mod durable;
mod reading;
mod tree;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use futures::stream::BoxStream;
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path as Key};
use time::OffsetDateTime;

pub(crate) use writer::LocalWriter;

use crate::{ArchiveError, Entry, Staged, listing};
use tree::Tree;

/// An archive in a folder.
#[derive(Debug)]
pub(crate) struct Local {
    tree: Arc<Tree>,
    store: LocalFileSystem,
}

impl Local {
    /// Opens the folder `root`, made if it is absent.
    pub(crate) fn open(root: &Path) -> Result<Self, ArchiveError> {
        let failed = |error| ArchiveError::local("opening", &root.to_string_lossy(), error);
        durable::create_folder(root).map_err(failed)?;
        let root = root.canonicalize().map_err(failed)?;
        let store = LocalFileSystem::new_with_prefix(&root)
            .map_err(|error| ArchiveError::store(&root.to_string_lossy(), error))?;
        Ok(Self {
            tree: Arc::new(Tree::new(root)),
            store,
        })
    }

    /// Begins an object.
    pub(crate) fn writer(&self, key: &Key) -> LocalWriter {
        LocalWriter::new(Arc::clone(&self.tree), key.as_ref())
    }

    /// The length of an object.
    pub(crate) async fn size(&self, key: &Key) -> Result<u64, ArchiveError> {
        let meta = self.store.head(key).await;
        Ok(meta
            .map_err(|error| ArchiveError::store(key.as_ref(), error))?
            .size)
    }

    /// All objects below `prefix`.
    pub(crate) fn list(
        &self,
        prefix: Option<&str>,
    ) -> BoxStream<'static, Result<Entry, ArchiveError>> {
        listing::entries(self.store.list(prefix.map(Key::from).as_ref()), "")
    }

    /// Removes an object and the folders that it leaves empty.
    pub(crate) async fn delete(&self, key: &Key) -> Result<(), ArchiveError> {
        let tree = Arc::clone(&self.tree);
        let name = key.as_ref().to_owned();
        blocking(key.as_ref(), move || tree.remove(&name)).await
    }

    /// Removes staging files and empty folders that were last written before `before`.
    pub(crate) async fn clear(&self, before: OffsetDateTime) -> Result<Staged, ArchiveError> {
        let root = self.root();
        blocking("", move || clear::clear(&root, before.into())).await
    }

    /// Bytes that an unprivileged process may still write.
    pub(crate) fn free_space(&self) -> Option<u64> {
        let space = rustix::fs::statvfs(self.tree.root()).ok()?;
        space.f_bavail.checked_mul(space.f_frsize)
    }

    fn root(&self) -> PathBuf {
        self.tree.root().to_owned()
    }
}

/// Runs file system work off the async threads.
async fn blocking<T: Send + 'static>(
    key: &str,
    work: impl FnOnce() -> Result<T, ArchiveError> + Send + 'static,
) -> Result<T, ArchiveError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(ArchiveError::Interrupted { key: key.into() }),
    }
}
