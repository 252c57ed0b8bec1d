//! One object on its way into the archive.

use bytes::Bytes;

use crate::{ArchiveError, local::LocalWriter, remote::RemoteWriter};

/// One object on its way into the archive. Dropped unfinished, it leaves nothing, or what
/// [`crate::Archive::staging`] clears.
#[derive(Debug)]
pub struct ObjectWriter {
    sink: Sink,
}

#[derive(Debug)]
pub(crate) enum Sink {
    Local(LocalWriter),
    Remote(RemoteWriter),
}

impl ObjectWriter {
    pub(crate) fn new(sink: Sink) -> Self {
        Self { sink }
    }

    /// Takes the next bytes; waits while too many wait to be written. The chunk is kept as it is,
    /// not copied. Files are written on the calling thread (docs/adr/0002-local-writer.md). After an
    /// error the writer is of no use but to be aborted.
    pub async fn write(&mut self, chunk: Bytes) -> Result<(), ArchiveError> {
        match &mut self.sink {
            Sink::Local(writer) => writer.write(chunk),
            Sink::Remote(writer) => writer.write(chunk).await,
        }
    }

    /// Returns the object's length when the object is durable under its key, and only then.
    pub async fn finish(self) -> Result<u64, ArchiveError> {
        match self.sink {
            Sink::Local(writer) => writer.finish(),
            Sink::Remote(writer) => writer.finish().await,
        }
    }

    /// Gives up; nothing of the object is kept.
    pub async fn abort(self) {
        match self.sink {
            Sink::Local(writer) => drop(writer),
            Sink::Remote(writer) => writer.abort().await,
        }
    }
}
