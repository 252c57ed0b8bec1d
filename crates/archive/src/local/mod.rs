//! A local folder.
use crate::{ArchiveError, Entry, Staged};
use bytes::Bytes;
use futures::stream::BoxStream;
use object_store::path::Path;
use std::ops::Range;
use time::OffsetDateTime;

#[derive(Debug)]
pub(crate) struct Local {}
impl Local {
    pub(crate) fn open(_root: &std::path::Path) -> Result<Self, ArchiveError> {
        unimplemented!()
    }
    pub(crate) fn writer(&self, _path: &Path) -> LocalWriter {
        unimplemented!()
    }
    pub(crate) async fn stream(
        &self,
        _path: &Path,
        _range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, ArchiveError>>, ArchiveError> {
        unimplemented!()
    }
    pub(crate) fn free_space(&self) -> Option<u64> {
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
pub(crate) struct LocalWriter {}
impl LocalWriter {
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
