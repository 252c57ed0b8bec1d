//! A multipart upload with a bounded number of parts on their way.

use object_store::{MultipartUpload, PutPayload, Result};
use tokio::task::JoinSet;

/// Parts on their way at once.
const IN_FLIGHT: usize = 2;

/// A multipart upload.
#[derive(Debug)]
pub(super) struct Parts {
    upload: Box<dyn MultipartUpload>,
    running: JoinSet<Result<()>>,
}

impl Parts {
    pub(super) fn new(upload: Box<dyn MultipartUpload>) -> Self {
        Self {
            upload,
            running: JoinSet::new(),
        }
    }

    /// Sends a part; waits while too many are on their way.
    pub(super) async fn send(&mut self, payload: PutPayload) -> Result<()> {
        while self.running.len() >= IN_FLIGHT {
            self.joined().await?;
        }
        self.running.spawn(self.upload.put_part(payload));
        Ok(())
    }

    async fn joined(&mut self) -> Result<()> {
        match self.running.join_next().await {
            Some(part) => part?,
            None => Ok(()),
        }
    }

    /// Sends the last part and makes the parts one object.
    pub(super) async fn complete(&mut self, last: PutPayload) -> Result<()> {
        if last.content_length() > 0 {
            self.send(last).await?;
        }
        while !self.running.is_empty() {
            self.joined().await?;
        }
        self.upload.complete().await.map(drop)
    }

    /// Gives up; the store drops the parts. Where it does not answer, the sweep will.
    pub(super) async fn abort(mut self) {
        self.running.shutdown().await;
        if let Err(error) = self.upload.abort().await {
            tracing::warn!(error = %error, "an unfinished upload stays behind");
        }
    }
}
