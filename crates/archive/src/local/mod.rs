//! A local folder. Reading, listing and deleting is object_store's; writing is our own
//! (docs/adr/0002-local-writer.md).

mod beside;
mod cached;
mod clear;
mod durable;
mod reading;
mod tree;
mod writer;

use std::{path::Path, sync::Arc};

use futures::stream::BoxStream;
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path as Key};
use time::OffsetDateTime;
use tokio::runtime::{Handle, RuntimeFlavor};

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
    pub(crate) fn delete(&self, key: &Key) -> Result<(), ArchiveError> {
        blocking(|| self.tree.remove(key.as_ref()))
    }

    /// Removes staging files and empty folders that were last written before `before`.
    pub(crate) fn clear(&self, before: OffsetDateTime) -> Result<Staged, ArchiveError> {
        blocking(|| clear::clear(self.tree.root(), before.into()))
    }

    /// Bytes that an unprivileged process may still write.
    pub(crate) fn free_space(&self) -> Option<u64> {
        let space = rustix::fs::statvfs(self.tree.root()).ok()?;
        space.f_bavail.checked_mul(space.f_frsize)
    }
}

/// Runs file system work where it is asked for. A thread of its own just waits; a thread that serves
/// other tasks too hands them on first.
fn blocking<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
