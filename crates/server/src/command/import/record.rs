//! What an interrupted import took already: a file in the data folder, gone when the import ends.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, Write},
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use anyhow::Context;

use super::Found;

/// The record of one import: one line a file, as its digest.
#[derive(Debug)]
pub(super) struct Record {
    path: PathBuf,
    file: File,
    done: HashSet<String>,
}

impl Record {
    /// The record of an import of `paths`; begun anew when `again`.
    pub(super) fn open(folder: &Path, paths: &[PathBuf], again: bool) -> anyhow::Result<Self> {
        let mut name = blake3::Hasher::new();
        for path in paths {
            name.update(
                fs::canonicalize(path)
                    .as_ref()
                    .unwrap_or(path)
                    .as_os_str()
                    .as_bytes(),
            );
            name.update(&[0]);
        }
        let path = folder.join(name.finalize().to_hex().as_str());
        let open = || -> io::Result<Self> {
            fs::create_dir_all(folder)?;
            if again && path.exists() {
                fs::remove_file(&path)?;
            }
            let file = File::options().create(true).append(true).open(&path)?;
            let done = fs::read_to_string(&path)?
                .lines()
                .map(str::to_owned)
                .collect();
            Ok(Self {
                path: path.clone(),
                file,
                done,
            })
        };
        open().with_context(|| format!("the record {} cannot be kept", path.display()))
    }

    /// Whether `found` was done before the interruption and has not changed since.
    pub(super) fn holds(&self, found: &Found) -> bool {
        self.done.contains(&line(found))
    }

    /// Writes down that `found` is done.
    pub(super) fn add(&mut self, found: &Found) -> io::Result<()> {
        writeln!(self.file, "{}", line(found))
    }

    /// The import has ended; the next one of the same paths begins anew.
    pub(super) fn finish(self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(%error, "the record of the import could not be taken away");
        }
    }
}

fn line(found: &Found) -> String {
    let mut digest = blake3::Hasher::new();
    digest.update(&found.length.to_le_bytes());
    digest.update(&found.modified.to_le_bytes());
    digest.update(found.path.as_os_str().as_bytes());
    digest.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_import_goes_on_and_an_ended_one_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let paths = [PathBuf::from("/a")];
        let found = Found {
            path: "/a/1".into(),
            length: 7,
            modified: 1,
        };
        let open = |again| Record::open(folder.path(), &paths, again).unwrap();
        open(false).add(&found).unwrap();
        let changed = Found {
            modified: 2,
            ..found.clone()
        };
        let record = open(false);
        assert!(record.holds(&found) && !record.holds(&changed));
        assert!(!open(true).holds(&found));
        open(false).add(&found).unwrap();
        open(false).finish();
        assert!(!open(false).holds(&found));
    }
}
