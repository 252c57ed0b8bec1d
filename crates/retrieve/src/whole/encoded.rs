//! Answers as they leave: addresses put in, compressed, and kept for the next who asks the same.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use foyer::{Cache, CacheBuilder};

use super::{
    WholeMetadata,
    piece::{MARK, Piece},
};

/// How an answer is compressed (RFC 9110 §8.4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Not at all.
    Identity,
    /// gzip (RFC 1952).
    Gzip,
    /// zstd (RFC 8878).
    Zstd,
}

/// What an answer has besides the metadata, which is a JSON array.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// Before the array.
    pub before: String,
    /// After it.
    pub after: String,
    /// The address of the DICOMweb service, which begins each BulkDataURI.
    pub service: String,
    /// How it is compressed.
    pub coding: Coding,
}

impl Envelope {
    /// Names the answer: equal names, equal bytes.
    pub fn name(&self, metadata: &WholeMetadata) -> [u8; 32] {
        // Another release may write it otherwise.
        let release = env!("CARGO_PKG_VERSION");
        let coding = format!("{:?}", self.coding);
        let mut hash = blake3::Hasher::new();
        hash.update(&metadata.version());
        for part in [release, &coding, &self.service, &self.before, &self.after] {
            hash.update(&(part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        *hash.finalize().as_bytes()
    }
}

/// Answers that are kept in memory.
#[derive(Clone)]
pub(crate) struct Answers {
    cache: Cache<[u8; 32], Bytes>,
    capacity: usize,
}

impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answers")
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

/// What an answer takes beside its bytes.
const ENTRY: usize = 256;

impl Answers {
    pub(crate) fn new(bytes: u64) -> Self {
        let capacity = usize::try_from(bytes).unwrap_or(usize::MAX);
        let cache = CacheBuilder::new(capacity)
            .with_name("metadata")
            .with_shards(1)
            .with_weighter(|_: &[u8; 32], answer: &Bytes| answer.len() + ENTRY)
            .build();
        Self { cache, capacity }
    }

    pub(crate) fn get(&self, name: &[u8; 32]) -> Option<Bytes> {
        self.cache.get(name).map(|entry| entry.value().clone())
    }

    /// Keeps an answer, unless it would take more than a quarter of the place.
    pub(crate) fn keep(&self, name: [u8; 32], answer: Bytes) {
        if answer.len() + ENTRY <= self.capacity / 4 {
            self.cache.insert(name, answer);
        }
    }
}

/// The answer of `pieces`.
pub(crate) fn encode(pieces: &[Piece], envelope: &Envelope) -> io::Result<Bytes> {
    let length: u64 = pieces.iter().map(Piece::bytes).sum();
    let length = usize::try_from(length).unwrap_or_default();
    Ok(match envelope.coding {
        Coding::Identity => {
            let mut out = Vec::with_capacity(length + length / 8);
            write(pieces, envelope, &mut out)?;
            out.into()
        }
        Coding::Gzip => {
            let out = Vec::with_capacity(length / 16);
            // The level that streamed answers have.
            let mut encoder = GzEncoder::new(out, Compression::fast());
            write(pieces, envelope, &mut encoder)?;
            encoder.finish()?.into()
        }
        Coding::Zstd => {
            let out = Vec::with_capacity(length / 32);
            let mut encoder = zstd::Encoder::new(out, 3)?;
            write(pieces, envelope, &mut encoder)?;
            encoder.finish()?.into()
        }
    })
}

fn write(pieces: &[Piece], envelope: &Envelope, out: &mut impl Write) -> io::Result<()> {
    out.write_all(envelope.before.as_bytes())?;
    let mut separator = b"[";
    for text in pieces.iter().flat_map(Piece::texts) {
        out.write_all(separator)?;
        separator = b",";
        let mut rest = text;
        while let Some(at) = memchr::memchr(MARK, rest) {
            out.write_all(&rest[..at])?;
            out.write_all(envelope.service.as_bytes())?;
            rest = &rest[at + 1..];
        }
        out.write_all(rest)?;
    }
    out.write_all(b"]")?;
    out.write_all(envelope.after.as_bytes())
}
