//! One object on its way into a folder. Chunks are gathered and written in few blocking steps,
//! while the next ones arrive; the last step writes the rest, names the file and syncs.

use std::{
    io::{self, IoSlice, Write},
    sync::Arc,
};

use bytes::Bytes;
use tokio::task::JoinHandle;

use super::tree::{StagedFile, Tree};
use crate::ArchiveError;

/// Bytes gathered before they are written; at most twice as many wait at any time.
const GATHERED: usize = 256 << 10;

/// One object on its way into a folder.
#[derive(Debug)]
pub(crate) struct LocalWriter {
    tree: Arc<Tree>,
    key: Arc<str>,
    gathered: Vec<Bytes>,
    gathered_bytes: usize,
    length: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    /// Nothing is on disk yet, or all that was handed over is written.
    Idle(Option<Staging>),
    /// A step is being written.
    Writing(JoinHandle<Result<Staging, ArchiveError>>),
    /// A step failed, or the writer is finished.
    Over,
}

/// A staging file that goes when it is dropped uncommitted.
#[derive(Debug)]
struct Staging {
    tree: Arc<Tree>,
    file: StagedFile,
    committed: bool,
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.committed {
            self.tree.discard(&self.file);
        }
    }
}

impl LocalWriter {
    pub(super) fn new(tree: Arc<Tree>, key: &str) -> Self {
        Self {
            tree,
            key: key.into(),
            gathered: Vec::new(),
            gathered_bytes: 0,
            length: 0,
            state: State::Idle(None),
        }
    }

    pub(crate) async fn write(&mut self, chunk: Bytes) -> Result<(), ArchiveError> {
        self.length += chunk.len() as u64;
        self.gathered_bytes += chunk.len();
        self.gathered.push(chunk);
        if self.gathered_bytes >= GATHERED {
            let staging = self.idle().await?;
            let work = self.step(staging);
            self.state = State::Writing(tokio::task::spawn_blocking(work));
        }
        Ok(())
    }

    pub(crate) async fn finish(mut self) -> Result<u64, ArchiveError> {
        let staging = self.idle().await?;
        let work = self.step(staging);
        let (tree, key) = (Arc::clone(&self.tree), Arc::clone(&self.key));
        super::blocking(&self.key, move || {
            let mut staging = work()?;
            tree.commit(&staging.file, &key)?;
            staging.committed = true;
            Ok(())
        })
        .await?;
        Ok(self.length)
    }

    pub(crate) async fn abort(mut self) {
        if let Ok(Some(staging)) = self.idle().await {
            let _dropped = tokio::task::spawn_blocking(move || drop(staging)).await;
        }
    }

    /// Waits until nothing is being written.
    async fn idle(&mut self) -> Result<Option<Staging>, ArchiveError> {
        let interrupted = || ArchiveError::Interrupted {
            key: self.key.to_string(),
        };
        match &mut self.state {
            State::Idle(staging) => {
                let staging = staging.take();
                self.state = State::Over;
                Ok(staging)
            }
            State::Writing(step) => {
                let written = step.await.map_err(|_| interrupted());
                self.state = State::Over;
                written?.map(Some)
            }
            State::Over => Err(interrupted()),
        }
    }

    /// The step that writes what was gathered, into a new staging file if there is none.
    fn step(
        &mut self,
        staging: Option<Staging>,
    ) -> impl FnOnce() -> Result<Staging, ArchiveError> + Send + 'static {
        let chunks = std::mem::take(&mut self.gathered);
        self.gathered_bytes = 0;
        let (tree, key) = (Arc::clone(&self.tree), Arc::clone(&self.key));
        move || {
            let mut staging = match staging {
                Some(staging) => staging,
                None => Staging {
                    file: tree.stage(&key)?,
                    tree,
                    committed: false,
                },
            };
            write_all(&mut staging.file.file, &chunks)
                .map_err(|error| ArchiveError::local("writing", &key, error))?;
            Ok(staging)
        }
    }
}

impl Drop for LocalWriter {
    fn drop(&mut self) {
        // The staging file's removal blocks: it is left to a blocking thread where there is one.
        if let State::Idle(Some(_)) = &self.state
            && let State::Idle(staging) = std::mem::replace(&mut self.state, State::Over)
        {
            match tokio::runtime::Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn_blocking(move || drop(staging))),
                Err(_) => drop(staging),
            }
        }
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
