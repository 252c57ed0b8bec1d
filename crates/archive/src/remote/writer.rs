//! One object on its way into an object store: one PUT if it is small, else a multipart upload.

use std::sync::Arc;

use bytes::Bytes;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, path::Path as Key};

use super::multipart::Parts;
use crate::ArchiveError;

/// Bytes of a part, and of the largest object that is put at once. S3 asks for 5 MiB at least and
/// takes 10 000 parts: 78 GiB.
pub(super) const PART: usize = 8 << 20;

/// One object on its way into an object store.
#[derive(Debug)]
pub(crate) struct RemoteWriter {
    store: Arc<dyn ObjectStore>,
    key: String,
    full: Key,
    gathered: Vec<Bytes>,
    gathered_bytes: usize,
    length: u64,
    parts: Option<Parts>,
}

impl RemoteWriter {
    pub(super) fn new(store: Arc<dyn ObjectStore>, key: String, full: Key) -> Self {
        Self {
            store,
            key,
            full,
            gathered: Vec::new(),
            gathered_bytes: 0,
            length: 0,
            parts: None,
        }
    }

    pub(crate) async fn write(&mut self, mut chunk: Bytes) -> Result<(), ArchiveError> {
        self.length += chunk.len() as u64;
        while self.gathered_bytes + chunk.len() > PART {
            let fits = chunk.split_to(PART - self.gathered_bytes);
            self.gather(fits);
            self.send_part().await?;
        }
        self.gather(chunk);
        Ok(())
    }

    fn gather(&mut self, chunk: Bytes) {
        self.gathered_bytes += chunk.len();
        if !chunk.is_empty() {
            self.gathered.push(chunk);
        }
    }

    fn take(&mut self) -> PutPayload {
        self.gathered_bytes = 0;
        PutPayload::from_iter(std::mem::take(&mut self.gathered))
    }

    async fn send_part(&mut self) -> Result<(), ArchiveError> {
        let payload = self.take();
        let result = async {
            let parts = match &mut self.parts {
                Some(parts) => parts,
                None => {
                    let upload = self.store.put_multipart(&self.full).await?;
                    self.parts.insert(Parts::new(upload))
                }
            };
            parts.send(payload).await
        };
        result
            .await
            .map_err(|error| ArchiveError::store(&self.key, error))
    }

    pub(crate) async fn finish(mut self) -> Result<u64, ArchiveError> {
        let payload = self.take();
        let result = match &mut self.parts {
            None => self.store.put(&self.full, payload).await.map(drop),
            Some(parts) => parts.complete(payload).await,
        };
        match result {
            Ok(()) => Ok(self.length),
            Err(error) => {
                let error = ArchiveError::store(&self.key, error);
                self.abort().await;
                Err(error)
            }
        }
    }

    pub(crate) async fn abort(self) {
        if let Some(parts) = self.parts {
            parts.abort().await;
        }
    }
}
