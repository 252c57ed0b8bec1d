//! One object on its way into a folder. Chunks are gathered and written in few steps; the last one
//! writes the rest, names the file and syncs.

use std::{
    io::{self, IoSlice, Write},
    sync::Arc,
};

use bytes::Bytes;

use super::{
    blocking,
    tree::{StagedFile, Tree},
};
use crate::ArchiveError;

/// Bytes gathered before they are written.
const GATHERED: usize = 256 << 10;

/// One object on its way into a folder.
#[derive(Debug)]
pub(crate) struct LocalWriter {
    key: Arc<str>,
    gathered: Vec<Bytes>,
    gathered_bytes: usize,
    length: u64,
    staging: Staging,
}

/// A staging file that goes when it is dropped uncommitted.
#[derive(Debug)]
struct Staging {
    tree: Arc<Tree>,
    /// Made for the first bytes.
    file: Option<StagedFile>,
}

impl Drop for Staging {
    fn drop(&mut self) {
        if let Some(file) = self.file.take() {
            blocking(|| self.tree.discard(&file));
        }
    }
}

impl LocalWriter {
    pub(super) fn new(tree: Arc<Tree>, key: &str) -> Self {
        Self {
            key: key.into(),
            gathered: Vec::new(),
            gathered_bytes: 0,
            length: 0,
            staging: Staging { tree, file: None },
        }
    }

    pub(crate) fn write(&mut self, chunk: Bytes) -> Result<(), ArchiveError> {
        self.length += chunk.len() as u64;
        self.gathered_bytes += chunk.len();
        self.gathered.push(chunk);
        if self.gathered_bytes >= GATHERED {
            blocking(|| self.flush())?;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<u64, ArchiveError> {
        blocking(|| {
            self.flush()?;
            if let Some(file) = &self.staging.file {
                self.staging.tree.commit(file, &self.key)?;
            }
            self.staging.file = None;
            Ok(self.length)
        })
    }

    /// Writes what was gathered, into a new staging file if there is none.
    fn flush(&mut self) -> Result<(), ArchiveError> {
        let chunks = std::mem::take(&mut self.gathered);
        self.gathered_bytes = 0;
        let staged = match &mut self.staging.file {
            Some(staged) => staged,
            none => none.insert(self.staging.tree.stage(&self.key)?),
        };
        write_all(&mut staged.file, &chunks)
            .map_err(|error| ArchiveError::local("writing", &self.key, error))
    }
}

/// Writes all chunks with as few system calls as the system allows.
fn write_all(file: &mut std::fs::File, chunks: &[Bytes]) -> io::Result<()> {
    let mut slices: Vec<_> = chunks.iter().map(|chunk| IoSlice::new(chunk)).collect();
    let mut rest = slices.as_mut_slice();
    IoSlice::advance_slices(&mut rest, 0);
    while !rest.is_empty() {
        match file.write_vectored(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut rest, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
