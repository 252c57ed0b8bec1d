//! The bounded bridge to the codecs: so many frames at once, each of bounded size, off the async
//! threads.

use std::sync::Arc;

use bytes::Bytes;
use dataset::{Header, Span};
use model::TransferSyntax;
use pixel::{Frame, Limits, PixelDescription, PixelError};
use tokio::sync::Semaphore;

use crate::{
    RetrieveError, Settings,
    source::{Source, join},
};

/// Decodes frames.
#[derive(Clone, Debug)]
pub(crate) struct Decoding {
    slots: Arc<Semaphore>,
    limit: u64,
}

impl Decoding {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(settings.render_concurrency.max(1))),
            limit: settings.max_render_bytes,
        }
    }

    /// The largest frame, bytes.
    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }

    /// What one frame may take.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            max_frame_bytes: self.limit,
            ..Limits::default()
        }
    }

    /// Reads the spans of a frame and decodes it.
    pub(crate) async fn frame(
        &self,
        source: &Source,
        transfer_syntax: &TransferSyntax,
        spans: &[Span],
        image: &Arc<PixelDescription>,
    ) -> Result<Result<Frame, PixelError>, RetrieveError> {
        let compressed: u64 = spans.iter().map(|span| span.length).sum();
        if compressed.max(image.frame_bytes()) > self.limit {
            let reason = format!("more than {} bytes", self.limit);
            return Ok(Err(PixelError::TooLarge(reason)));
        }
        let mut pieces = Vec::with_capacity(spans.len());
        for span in spans {
            pieces.push(source.read(*span, self.limit).await?);
        }
        let (stream, image) = (join(pieces), Arc::clone(image));
        let transfer_syntax = transfer_syntax.clone();
        let limits = self.limits();
        self.work(move || pixel::decode(&stream, &image, &transfer_syntax, &limits))
            .await
    }

    /// Does pixel work when there is a slot. A codec that panics spoils its frame only.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PixelError> + Send + 'static,
    ) -> Result<Result<T, PixelError>, RetrieveError> {
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        let slot = slot.map_err(|_| RetrieveError::Interrupted)?;
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(slot);
            result
        });
        match done.await {
            Ok(result) => Ok(result),
            Err(error) if error.is_panic() => Ok(Err(PixelError::Damaged(
                "the decoder failed on the frame".into(),
            ))),
            Err(_) => Err(RetrieveError::Interrupted),
        }
    }
}

/// What `header` says of its pixels.
pub(crate) fn description(header: &Header) -> Result<PixelDescription, RetrieveError> {
    PixelDescription::of(header).map_err(|_| RetrieveError::Damaged {
        reason: "the image's description is not complete",
    })
}

/// Native pixel bytes of one frame, as a body takes them.
pub(crate) fn bytes(frame: Frame) -> Bytes {
    struct Owner(Frame);
    impl AsRef<[u8]> for Owner {
        fn as_ref(&self) -> &[u8] {
            self.0.samples.as_bytes()
        }
    }
    Bytes::from_owner(Owner(frame))
}
