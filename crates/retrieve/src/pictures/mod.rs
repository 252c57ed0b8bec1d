//! Rendered pictures that are kept, in memory and on disk, and drawn once where several ask at once.

mod disk;
mod flights;

use std::{fmt, future::Future, path::PathBuf, sync::Arc};

use bytes::Bytes;
use database::InstanceRow;
use foyer::{
    HybridCache, HybridCacheBuilder, HybridCachePolicy, S3FifoConfig, Source as Tier, Spawner,
};
use pixel::{PixelError, render::Rendering};

use self::{disk::Claim, flights::Flights};
use crate::RetrieveError;

/// A picture, or why the frame has none: what all who wait for it are told.
pub(crate) type Picture = Result<Bytes, Undrawn>;

/// Why there is no picture of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Undrawn {
    /// The frame cannot be decoded or drawn.
    Frame(PixelError),
    /// It takes longer than it may, seconds.
    TooSlow(u64),
}

/// What is kept of what was rendered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PictureSettings {
    /// Pictures kept in memory, bytes; 0: none.
    pub memory_bytes: u64,
    /// Pictures kept on disk; none: in memory only.
    pub disk: Option<PictureDisk>,
}

/// A folder for pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureDisk {
    /// The folder; one process at a time has it.
    pub folder: PathBuf,
    /// The most that it holds, bytes.
    pub bytes: u64,
}

/// Why pictures cannot be kept on disk.
#[derive(Debug, thiserror::Error)]
pub enum PicturesError {
    /// Another process has the folder.
    #[error("another process keeps its pictures there")]
    InUse,
    /// The folder cannot be made, read or written.
    #[error("the folder cannot be used")]
    Folder(#[source] std::io::Error),
    /// The cache cannot be opened.
    #[error("the cache cannot be opened")]
    Cache(#[source] foyer::Error),
}

/// What a picture is made of: the bytes of the data set, the frame, and how it is drawn.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PictureKey(String);

impl PictureKey {
    pub(crate) fn new(row: &InstanceRow, index0: u32, rendering: &Rendering) -> Self {
        let digest = row.digest.iter().map(|byte| format!("{byte:02x}"));
        let digest: String = digest.collect();
        let transfer_syntax = row.transfer_syntax.as_str();
        // Every field of the rendering, numbers to the last digit; another release may draw otherwise.
        let release = env!("CARGO_PKG_VERSION");
        Self(format!(
            "{release} {digest} {transfer_syntax} {index0} {rendering:?}"
        ))
    }

    /// The same under a presentation state.
    pub(crate) fn under(self, state: &InstanceRow) -> Self {
        let Self(image) = self;
        let digest = state.digest.iter().map(|byte| format!("{byte:02x}"));
        Self(format!("{image} under {}", digest.collect::<String>()))
    }
}

/// The pictures kept. Cheap to clone.
#[derive(Clone)]
pub struct Pictures {
    cache: HybridCache<String, Bytes>,
    flights: Arc<Flights>,
    _claim: Option<Arc<Claim>>,
}

impl Pictures {
    /// Opens the cache; what an earlier process left on disk is found again.
    pub async fn open(settings: &PictureSettings) -> Result<Self, PicturesError> {
        const ENTRY: usize = 256;
        let weight = |key: &String, picture: &Bytes| key.len() + picture.len() + ENTRY;
        let capacity = usize::try_from(settings.memory_bytes).unwrap_or(usize::MAX);
        let builder = HybridCacheBuilder::new()
            .with_name("pictures")
            .with_policy(HybridCachePolicy::WriteOnInsertion)
            .memory(capacity)
            // The bound is one for all pictures, however large one is.
            .with_shards(1)
            .with_eviction_config(S3FifoConfig::default())
            .with_weighter(weight)
            .with_filter(move |key, picture| weight(key, picture) <= capacity)
            .storage()
            .with_spawner(Spawner::current());
        let (builder, claim) = match &settings.disk {
            Some(disk) => {
                let claim = Claim::of(&disk.folder)?;
                (builder.with_engine_config(disk::engine(disk)?), Some(claim))
            }
            None => (builder, None),
        };
        Ok(Self {
            cache: builder.build().await.map_err(PicturesError::Cache)?,
            flights: Arc::default(),
            _claim: claim.map(Arc::new),
        })
    }

    /// The picture of `key`; where none is kept, `make` draws it, while others who ask wait for it.
    /// Who draws and goes leaves it to the next. What fails is not kept.
    pub(crate) async fn get<F>(&self, key: &PictureKey, make: F) -> Result<Picture, RetrieveError>
    where
        F: Future<Output = Result<Picture, RetrieveError>>,
    {
        let PictureKey(key) = key;
        if let Some(kept) = self.cache.memory().get(key) {
            count("memory");
            return Ok(Ok(kept.value().clone()));
        }
        let mut from = "another";
        let find = async {
            if let Some((kept, tier)) = self.kept(key).await {
                from = tier;
                return Ok(Ok(kept));
            }
            let picture = make.await?;
            from = "none";
            if let Ok(picture) = &picture {
                from = "pixels";
                self.cache.insert(key.clone(), picture.clone());
            }
            Ok(picture)
        };
        let picture = self.flights.join(key, find).await?;
        count(from);
        Ok(picture)
    }

    async fn kept(&self, key: &String) -> Option<(Bytes, &'static str)> {
        match self.cache.get(key).await {
            Ok(Some(kept)) => {
                let tier = match kept.source() {
                    Tier::Disk => "disk",
                    Tier::Outer | Tier::Memory => "memory",
                };
                Some((kept.value().clone(), tier))
            }
            Ok(None) => None,
            Err(error) => {
                tracing::warn!(%error, "a picture that is kept cannot be read: it is drawn anew");
                None
            }
        }
    }

    /// Writes to disk what is on its way there.
    pub async fn close(&self) {
        if let Err(error) = self.cache.close().await {
            tracing::warn!(%error, "the cache of pictures cannot be closed");
        }
    }

    /// Pictures that are being drawn.
    #[cfg(test)]
    pub(crate) fn under_way(&self) -> usize {
        self.flights.len()
    }

    /// Bytes kept in memory.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> u64 {
        self.cache.memory().usage() as u64
    }
}

fn count(from: &'static str) {
    metrics::counter!("yingyun_pictures_total", "from" => from).increment(1);
}

impl fmt::Debug for Pictures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pictures")
            .field("bytes", &self.cache.memory().usage())
            .finish_non_exhaustive()
    }
}
