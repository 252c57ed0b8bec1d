//! The folder of the pictures on disk.

use std::{
    fs::{self, DirBuilder, File, Permissions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
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
    /// Makes the folder, closes it to all other users of the machine, and locks it.
    pub(super) fn of(folder: &Path) -> Result<Self, PicturesError> {
        if !folder.is_dir() {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
            made.map_err(PicturesError::Folder)?;
        }
        fs::set_permissions(folder, Permissions::from_mode(0o700))
            .map_err(PicturesError::Folder)?;
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

/// The least and the most files in the folder: each is open all the time.
const BLOCKS: (u64, u64) = (8, 512);
const USUAL_BLOCK: u64 = 16 << 20;

/// Blocks, files of the folder: the oldest goes as a whole. A picture that does not fit into one is not
/// kept. Files of an earlier, larger bound are removed.
pub(super) fn engine(
    disk: &PictureDisk,
) -> Result<Box<dyn EngineConfig<String, Bytes, HybridCacheProperties>>, PicturesError> {
    let (least, most) = BLOCKS;
    let block = USUAL_BLOCK.clamp(disk.bytes / most, disk.bytes / least);
    forget_beyond(&disk.folder, disk.bytes / block.max(1)).map_err(PicturesError::Folder)?;
    let capacity = usize::try_from(disk.bytes).unwrap_or(usize::MAX);
    let block = usize::try_from(block).unwrap_or(usize::MAX);
    let device = FsDeviceBuilder::new(&disk.folder)
        .with_capacity(capacity)
        .build()
        .map_err(PicturesError::Cache)?;
    Ok(BlockEngineConfig::new(device)
        .with_block_size(block)
        .boxed())
}

/// What foyer names a block's file, its number after it.
const BLOCK_FILE: &str = "foyer-storage-direct-fs-";

/// Removes the blocks from number `count` on, and nothing else that may lie in the folder.
fn forget_beyond(folder: &Path, count: u64) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(BLOCK_FILE));
        let number = number.and_then(|number| number.parse::<u64>().ok());
        if number.is_some_and(|number| number >= count) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
