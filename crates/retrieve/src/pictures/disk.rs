//! The folder of the pictures on disk.

use std::{
    fs::{self, DirBuilder, File, TryLockError},
    os::unix::fs::DirBuilderExt,
    path::Path,
};

use bytes::Bytes;
use foyer::{
    BlockEngineConfig, DeviceBuilder, EngineConfig, FsDeviceBuilder, HybridCacheProperties,
};

use super::{PictureDisk, PicturesError};

/// The folder is ours while this lives.
#[derive(Debug)]
pub(super) struct Claim {
    _lock: File,
}

impl Claim {
    /// Makes the folder, for nobody else to read, and locks it.
    pub(super) fn of(folder: &Path) -> Result<Self, PicturesError> {
        if !folder.is_dir() {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(PicturesError::Folder)?;
        }
        let lock = fs::OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(false)
            .open(folder.join("lock"))
            .map_err(PicturesError::Folder)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(PicturesError::InUse),
            Err(TryLockError::Error(error)) => Err(PicturesError::Folder(error)),
        }
    }
}

/// Blocks of files in the folder: the oldest block goes as a whole. A block is an eighth of all at
/// most, and a picture that does not fit into one is not kept.
pub(super) fn engine(
    disk: &PictureDisk,
) -> Result<Box<dyn EngineConfig<String, Bytes, HybridCacheProperties>>, PicturesError> {
    const LARGEST_BLOCK: usize = 16 << 20;
    let capacity = usize::try_from(disk.bytes).unwrap_or(usize::MAX);
    let device = FsDeviceBuilder::new(&disk.folder)
        .with_capacity(capacity)
        .build()
        .map_err(PicturesError::Cache)?;
    let block = (capacity / 8).min(LARGEST_BLOCK);
    Ok(BlockEngineConfig::new(device)
        .with_block_size(block)
        .boxed())
}
