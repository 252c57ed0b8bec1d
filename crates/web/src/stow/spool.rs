//! Bulk data that waits until its object is made: first in memory, then in a file without a name,
//! which is gone with the process.

use std::{
    io::{self, SeekFrom},
    path::Path,
};

use bytes::Bytes;
use dataset::Span;
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt},
};

/// Bytes read at once.
const CHUNK: usize = 256 << 10;

/// Bytes one after another, read again by their place.
#[derive(Debug)]
pub(super) struct Spool {
    memory: Vec<u8>,
    most_memory: usize,
    file: Option<File>,
    length: u64,
}

impl Spool {
    /// Holds `most_memory` bytes, about, before it makes a file.
    pub(super) fn new(most_memory: u32) -> Self {
        Self {
            memory: Vec::new(),
            most_memory: most_memory as usize,
            file: None,
            length: 0,
        }
    }

    /// Where the next byte goes.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Adds bytes; `folder` is where a file is made when there must be one.
    pub(super) async fn push(&mut self, bytes: &[u8], folder: Option<&Path>) -> io::Result<()> {
        self.length += bytes.len() as u64;
        if self.file.is_none() && self.memory.len() + bytes.len() <= self.most_memory {
            self.memory.extend_from_slice(bytes);
            return Ok(());
        }
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(File::from_std(match folder {
                Some(folder) => tempfile::tempfile_in(folder)?,
                None => tempfile::tempfile()?,
            })),
        };
        file.write_all(bytes).await
    }

    /// All is there: what was written can be read.
    pub(super) async fn end(&mut self) -> io::Result<()> {
        match &mut self.file {
            Some(file) => file.flush().await,
            None => Ok(()),
        }
    }

    /// The next bytes of a span, taken off its beginning; none at its end.
    pub(super) async fn chunk(&mut self, span: &mut Span) -> io::Result<Option<Bytes>> {
        let in_memory = self.memory.len() as u64;
        let length = span.length.min(CHUNK as u64);
        if length == 0 {
            return Ok(None);
        }
        let bytes = if span.offset < in_memory {
            let from = span.offset as usize;
            let to = (span.offset + length).min(in_memory) as usize;
            Bytes::copy_from_slice(&self.memory[from..to])
        } else {
            let file = self.file.as_mut().ok_or(io::ErrorKind::UnexpectedEof)?;
            file.seek(SeekFrom::Start(span.offset - in_memory)).await?;
            let mut bytes = vec![0; length as usize];
            file.read_exact(&mut bytes).await?;
            bytes.into()
        };
        span.offset += bytes.len() as u64;
        span.length -= bytes.len() as u64;
        Ok(Some(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_span_is_read_across_the_end_of_memory() {
        let mut spool = Spool::new(4);
        for bytes in [b"abc", b"def", b"ghi"] {
            spool.push(bytes, None).await.unwrap();
        }
        spool.end().await.unwrap();
        assert_eq!(spool.length(), 9);
        let mut span = Span {
            offset: 1,
            length: 7,
        };
        let mut found = Vec::new();
        while let Some(chunk) = spool.chunk(&mut span).await.unwrap() {
            found.extend_from_slice(&chunk);
        }
        assert_eq!(found, b"bcdefgh");
        let mut past = Span {
            offset: 8,
            length: 2,
        };
        assert!(spool.chunk(&mut past).await.is_err());
    }
}
