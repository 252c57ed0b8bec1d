//! The folders of a local archive: made on the way in, removed when empty, and remembered once
//! they are known to survive a loss of power.

use std::{
    collections::HashMap,
    fs::{self, File},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use super::{beside::Beside, durable::sync_folder};
use crate::ArchiveError;

/// Folders remembered as durable; past that they are forgotten and synced once more.
const REMEMBERED: usize = 65_536;

/// How often a file is made anew when another process removes its empty folder at that moment.
const ATTEMPTS: usize = 16;

/// What tells a folder from another that was made in its place.
type Identity = (u64, Option<SystemTime>);

/// The folders below the root.
#[derive(Debug)]
pub(super) struct Tree {
    root: PathBuf,
    durable: Mutex<HashMap<PathBuf, Identity>>,
}

/// A file on its way in, under its staging name.
#[derive(Debug)]
pub(super) struct StagedFile {
    pub(super) file: File,
    staging: PathBuf,
    target: PathBuf,
}

impl Tree {
    pub(super) fn new(root: PathBuf) -> Self {
        Self {
            root,
            durable: Mutex::default(),
        }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Makes an empty staging file for `key`, and its folders.
    pub(super) fn stage(&self, key: &str) -> Result<StagedFile, ArchiveError> {
        let target = self.root.join(key);
        let staging = staging(&target);
        let mut attempts = 0;
        loop {
            match File::create_new(&staging) {
                Ok(file) => {
                    return Ok(StagedFile {
                        file,
                        staging,
                        target,
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound && attempts < ATTEMPTS => {
                    attempts += 1;
                    fs::create_dir_all(target.parent().unwrap_or(&self.root))
                        .map_err(|error| ArchiveError::local("making the folder of", key, error))?;
                }
                Err(error) => return Err(ArchiveError::local("making", key, error)),
            }
        }
    }

    /// Gives a staged file its name and returns when file and name are durable. File and folders are
    /// synced at the same time: a disk makes one flush of those that it is asked for at once.
    pub(super) fn commit(
        self: &Arc<Self>,
        staged: &StagedFile,
        key: &str,
    ) -> Result<(), ArchiveError> {
        let step = |action, result: io::Result<()>| {
            result.map_err(|error| ArchiveError::local(action, key, error))
        };
        step("naming", staged.rename())?;
        let (tree, target) = (Arc::clone(self), staged.target.clone());
        let folders = Beside::run(move || tree.sync_above(&target));
        let file = staged.file.sync_all();
        let folders = folders.wait();
        step("syncing", file)?;
        step("syncing the folder of", folders)
    }

    /// Syncs the folder of `target`, and above it every folder not known to be durable.
    fn sync_above(&self, target: &Path) -> io::Result<()> {
        let Some(folder) = target.parent() else {
            return Ok(());
        };
        sync_folder(folder)?;
        let mut synced = Vec::new();
        for folder in folder.ancestors().take_while(|folder| *folder != self.root) {
            let identity = identity(folder)?;
            if self.is_durable(folder, identity) {
                break;
            }
            if let Some(parent) = folder.parent() {
                sync_folder(parent)?;
            }
            synced.push((folder.to_owned(), identity));
        }
        self.remember(synced);
        Ok(())
    }

    fn is_durable(&self, folder: &Path, identity: Identity) -> bool {
        let durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        durable.get(folder) == Some(&identity)
    }

    fn remember(&self, folders: Vec<(PathBuf, Identity)>) {
        let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        if durable.len() + folders.len() > REMEMBERED {
            durable.clear();
        }
        durable.extend(folders);
    }

    /// Removes an object, if it exists, what a killed writer left of it, and the folders that it
    /// leaves empty; durably.
    pub(super) fn remove(&self, key: &str) -> Result<(), ArchiveError> {
        let target = self.root.join(key);
        // Mostly absent; what stays is the sweep's.
        fs::remove_file(staging(&target)).ok();
        match fs::remove_file(&target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            result => result.map_err(|error| ArchiveError::local("deleting", key, error))?,
        }
        let kept = self.prune(&target);
        match sync_folder(kept) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(ArchiveError::local("deleting", key, error))
            }
            _ => Ok(()),
        }
    }

    /// Removes the folders above `target` that are empty; returns the first that stays.
    fn prune<'t>(&'t self, target: &'t Path) -> &'t Path {
        target
            .ancestors()
            .skip(1)
            .find(|folder| *folder == self.root || fs::remove_dir(folder).is_err())
            .unwrap_or(&self.root)
    }

    /// Removes a staged file, under whichever name, and the folders that it leaves empty. What
    /// cannot be removed is left for the sweep.
    pub(super) fn discard(&self, staged: &StagedFile) {
        let removed = fs::remove_file(&staged.staging).or_else(|_| fs::remove_file(&staged.target));
        match removed {
            Ok(()) => {
                self.prune(&staged.target);
            }
            Err(error) => tracing::warn!(error.kind = %error.kind(), "a staging file stays behind"),
        }
    }
}

impl StagedFile {
    /// Renames without taking the name of an object that exists.
    fn rename(&self) -> io::Result<()> {
        let here = rustix::fs::CWD;
        let flags = rustix::fs::RenameFlags::NOREPLACE;
        match rustix::fs::renameat_with(here, &self.staging, here, &self.target, flags) {
            // File systems that know no such flag; keys are unique all the same.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
                fs::rename(&self.staging, &self.target)
            }
            result => result.map_err(io::Error::from),
        }
    }
}

/// Where a file stands while it is written: a name that listings hide.
fn staging(target: &Path) -> PathBuf {
    let mut staging = target.as_os_str().to_owned();
    staging.push("#1");
    staging.into()
}

fn identity(folder: &Path) -> io::Result<Identity> {
    let metadata = fs::metadata(folder)?;
    Ok((metadata.ino(), metadata.created().ok()))
}
