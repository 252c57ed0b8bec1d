//! An S3 service, or memory.
use crate::{ArchiveError, Entry, Staged};
use bytes::Bytes;
use futures::stream::BoxStream;
use object_store::path::Path;
use std::ops::Range;
use time::OffsetDateTime;

#[derive(Debug)]
pub(crate) struct Remote {}
impl Remote {
    pub(crate) fn memory() -> Self {
        unimplemented!()
    }
    pub(crate) fn s3(_settings: S3Settings) -> Result<Self, ArchiveError> {
        unimplemented!()
    }
    pub(crate) fn writer(&self, _path: Path) -> RemoteWriter {
        unimplemented!()
    }
    pub(crate) async fn stream(
        self: std::sync::Arc<Self>,
        _path: Path,
        _range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, ArchiveError>>, ArchiveError> {
        unimplemented!()
    }
    pub(crate) async fn get(
        &self,
        _path: &Path,
        _range: Range<u64>,
    ) -> Result<Bytes, ArchiveError> {
        unimplemented!()
    }
    pub(crate) async fn size(&self, _path: &Path) -> Result<u64, ArchiveError> {
        unimplemented!()
    }
    pub(crate) fn list(
        &self,
        _prefix: Option<&str>,
    ) -> BoxStream<'static, Result<Entry, ArchiveError>> {
        unimplemented!()
    }
    pub(crate) async fn delete(&self, _path: &Path) -> Result<(), ArchiveError> {
        unimplemented!()
    }
    pub(crate) async fn clear(&self, _before: OffsetDateTime) -> Result<Staged, ArchiveError> {
        unimplemented!()
    }
}
#[derive(Debug)]
pub(crate) struct RemoteWriter {}
impl RemoteWriter {
    pub(crate) async fn write(&mut self, _chunk: Bytes) -> Result<(), ArchiveError> {
        unimplemented!()
    }
    pub(crate) async fn finish(self) -> Result<u64, ArchiveError> {
        unimplemented!()
    }
    pub(crate) async fn abort(self) {
        unimplemented!()
    }
}

/// Where an S3 service is and who we are there.
#[derive(Clone)]
pub struct S3Settings {
    /// Its address, as `https://host:port`; none: Amazon's of the region.
    pub endpoint: Option<String>,
    /// The region to sign for.
    pub region: String,
    /// The bucket, which exists.
    pub bucket: String,
    /// The access key's id.
    pub access_key: String,
    /// The access key's secret.
    pub secret_key: String,
    /// Whether plain HTTP is allowed.
    pub allow_http: bool,
    /// Put before every key; may be empty.
    pub prefix: String,
}

impl std::fmt::Debug for S3Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3Settings")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
