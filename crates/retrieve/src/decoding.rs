//! Frames on their way over the bridge: read, decoded, drawn, each of bounded size.

use std::sync::Arc;

use access::Permit;
use bytes::Bytes;
use dataset::{Header, Span};
use model::TransferSyntax;
use pixel::{Frame, Limits, PixelDescription, PixelError, render::Rendering};

use crate::{
    RetrieveError, Settings,
    bridge::{Bridge, Place, Priority, Room, Task, Turn},
    source::{Source, join},
};

/// Decodes frames for whoever may.
#[derive(Clone, Debug)]
pub(crate) struct Decoders {
    bridge: Arc<Bridge>,
    limits: Limits,
}

impl Decoders {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            bridge: Arc::new(Bridge::new(settings)),
            limits: Limits {
                max_dimension: settings.max_render_side,
                max_frame_bytes: settings.max_render_bytes,
            },
        }
    }

    /// For the holder of `permit`, who takes turns with the others.
    pub(crate) fn of(&self, permit: &Permit, priority: Priority) -> Decoding {
        Decoding {
            bridge: Arc::clone(&self.bridge),
            turn: Turn::new(permit, priority),
            limits: self.limits,
        }
    }
}

/// Decodes frames for one client.
#[derive(Clone, Debug)]
pub(crate) struct Decoding {
    bridge: Arc<Bridge>,
    turn: Turn,
    limits: Limits,
}

/// A frame as it is stored, and room for decoding it.
#[derive(Debug)]
pub(crate) struct Encoded {
    pub(crate) room: Room,
    pub(crate) bytes: Bytes,
    pub(crate) image: Arc<PixelDescription>,
    pub(crate) transfer_syntax: TransferSyntax,
}

impl Decoding {
    /// The largest frame, bytes.
    pub(crate) fn limit(&self) -> u64 {
        self.limits.max_frame_bytes
    }

    /// A place in the queue, before anything is read.
    pub(crate) async fn place(&self) -> Result<Place, RetrieveError> {
        self.bridge.place(&self.turn).await
    }

    /// Room for a frame of `stored` bytes, and for a picture of it where one is `drawn`.
    pub(crate) async fn room(
        &self,
        place: Place,
        stored: u64,
        image: &PixelDescription,
        drawn: Option<&Rendering>,
    ) -> Result<Result<Room, PixelError>, RetrieveError> {
        /// Frames that a codec takes besides the samples at most.
        const SCRATCH: u64 = 3;
        if stored.max(image.frame_bytes()) > self.limit() {
            let reason = format!("more than {} bytes", self.limit());
            return Ok(Err(PixelError::TooLarge(reason)));
        }
        // Three bytes a pixel, as they are drawn and as they are encoded; of the size asked for too.
        let picture = |rendering: &Rendering| {
            let (width, height) = rendering.size.unwrap_or_default();
            let asked = 3 * u64::from(width) * u64::from(height);
            6 * pixels(image) + 2 * asked.min(self.limit())
        };
        let bytes = stored + (1 + SCRATCH) * image.frame_bytes() + drawn.map_or(0, picture);
        self.bridge.room(place, bytes).await.map(Ok)
    }

    /// Reads the spans of a frame.
    pub(crate) async fn read(
        &self,
        place: Place,
        source: &Source,
        transfer_syntax: &TransferSyntax,
        spans: &[Span],
        image: &Arc<PixelDescription>,
        drawn: Option<&Rendering>,
    ) -> Result<Result<Encoded, PixelError>, RetrieveError> {
        let stored = spans.iter().map(|span| span.length).sum();
        let room = match self.room(place, stored, image, drawn).await? {
            Ok(room) => room,
            Err(error) => return Ok(Err(error)),
        };
        let mut pieces = Vec::with_capacity(spans.len());
        for span in spans {
            pieces.push(source.read(*span, self.limit()).await?);
        }
        Ok(Ok(Encoded {
            room,
            bytes: join(pieces),
            image: Arc::clone(image),
            transfer_syntax: transfer_syntax.clone(),
        }))
    }

    /// Reads the spans of a frame and decodes it.
    pub(crate) async fn frame(
        &self,
        place: Place,
        source: &Source,
        transfer_syntax: &TransferSyntax,
        spans: &[Span],
        image: &Arc<PixelDescription>,
    ) -> Result<Result<Frame, PixelError>, RetrieveError> {
        let read = self.read(place, source, transfer_syntax, spans, image, None);
        match read.await? {
            Ok(encoded) => self.work("decode", encoded, u32::MAX, Ok).await,
            Err(error) => Ok(Err(error)),
        }
    }

    /// Decodes a frame, its longer side to `side` pixels at least, and does `then` with it, in one job
    /// of `kind`.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        kind: &'static str,
        encoded: Encoded,
        side: u32,
        then: impl FnOnce(Frame) -> Result<T, PixelError> + Send + 'static,
    ) -> Result<Result<T, PixelError>, RetrieveError> {
        let Encoded {
            room,
            bytes,
            image,
            transfer_syntax,
        } = encoded;
        let task = Task {
            kind,
            pixels: pixels(&image),
            bytes: image.frame_bytes(),
        };
        let limits = self.limits;
        let decode = pixel::decode_at_least;
        let work = move || then(decode(&bytes, &image, &transfer_syntax, &limits, side)?);
        self.bridge.work(room, task, work).await
    }
}

fn pixels(image: &PixelDescription) -> u64 {
    u64::from(image.rows) * u64::from(image.columns)
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
