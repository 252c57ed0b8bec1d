//! A data set in another transfer syntax than it is stored in.

use std::sync::Arc;

use database::InstanceRow;
use dataset::encode::{self, Segment};
use dataset::{Header, Span};
use model::TransferSyntax;
use pixel::{Frame, PixelDescription, PixelError};

use crate::{
    Content, RetrieveError,
    decoding::{self, Decoding},
    nested,
    outlet::{self, Outlet},
    scan::{self, Pixels},
    source::{Cursor, Source, Swap},
    truth,
};

/// Whether a data set stored in `from` may be expected to become `to`.
pub(crate) fn is_possible(from: &TransferSyntax, to: &TransferSyntax) -> bool {
    let plain =
        *to == TransferSyntax::explicit_little() || *to == TransferSyntax::implicit_little();
    from == to || (plain && (from.is_native() || from.is_deflated() || pixel::is_decodable(from)))
}

/// The data set of `row` in `to`.
pub(crate) async fn dataset(
    decoding: &Decoding,
    source: &Source,
    row: &InstanceRow,
    to: &TransferSyntax,
) -> Result<Content, RetrieveError> {
    let impossible = |reason: String| RetrieveError::NotConvertible {
        from: row.transfer_syntax.clone(),
        to: to.clone(),
        reason,
    };
    let pixels = Pixels::of(row)?;
    let encapsulated = pixels.as_ref().is_some_and(Pixels::is_encapsulated);
    let plain = is_possible(&TransferSyntax::explicit_little(), to);
    if !plain || (encapsulated && !pixel::is_decodable(&row.transfer_syntax)) {
        return Err(impossible("there is no codec for it".into()));
    }
    let mut header = scan::all(source, row, pixels.as_ref()).await?;
    if !row.transfer_syntax.is_native() && !row.transfer_syntax.is_deflated() {
        nested::decoded(decoding, source, &row.transfer_syntax, &mut header.elements).await?;
    }
    match pixels {
        Some(pixels) if encapsulated => {
            let decoded = Decoding::clone(decoding);
            let frames = Frames::open(decoded, source, row, &header, pixels).await?;
            match frames {
                Ok(frames) => frames.content(&header, to).map_err(|error| match error {
                    RetrieveError::Dataset(error) => impossible(error.to_string()),
                    error => error,
                }),
                Err(error) => Err(impossible(error.to_string())),
            }
        }
        _ => {
            let segments = encode::transcode(&header, to).map_err(|e| impossible(e.to_string()))?;
            Ok(native(source, segments))
        }
    }
}

/// Segments as one body.
fn native(source: &Source, segments: Vec<Segment>) -> Content {
    let length = segments.iter().map(Segment::length).sum();
    let cursor = source.cursor();
    let body = outlet::body(move |outlet| async move {
        let mut cursor = cursor;
        send(&outlet, &mut cursor, segments).await
    });
    Content { length, body }
}

async fn send(
    outlet: &Outlet,
    cursor: &mut Cursor,
    segments: Vec<Segment>,
) -> Result<(), RetrieveError> {
    for segment in segments {
        match segment {
            Segment::Bytes(bytes) => outlet.send(bytes.into()).await?,
            Segment::Source { span, swap } => copy(outlet, cursor, span, swap).await?,
        }
    }
    Ok(())
}

/// Sends a span, its words swapped.
pub(crate) async fn copy(
    outlet: &Outlet,
    cursor: &mut Cursor,
    span: Span,
    word: u8,
) -> Result<(), RetrieveError> {
    cursor.seek(span).await?;
    let mut swap = Swap::new(word);
    while let Some(piece) = cursor.next().await? {
        outlet.send(swap.piece(piece)).await?;
    }
    outlet.send(swap.end()).await
}

/// Compressed frames to be sent as native ones. The first is decoded at once: it shows whether the
/// others may be, and what the header must say.
pub(crate) struct Frames {
    decoding: Decoding,
    source: Source,
    transfer_syntax: TransferSyntax,
    pixels: Pixels,
    image: Arc<PixelDescription>,
    /// The frames that were decoded ahead.
    ahead: Vec<Frame>,
}

/// Bytes of frames that are decoded before the first is sent, so that most failures are told and not
/// found in a broken body.
const AHEAD: u64 = 16 << 20;

impl Frames {
    pub(crate) async fn open(
        decoding: Decoding,
        source: &Source,
        row: &InstanceRow,
        header: &Header,
        pixels: Pixels,
    ) -> Result<Result<Self, PixelError>, RetrieveError> {
        let image = Arc::new(decoding::description(header)?);
        if pixels.table.count() == 0 {
            let reason = "the pixel data holds no frame".into();
            return Ok(Err(PixelError::Damaged(reason)));
        }
        if pixels.table.count() != image.frames {
            let reason = format!(
                "the header says {} frames, the pixel data holds {}",
                image.frames,
                pixels.table.count()
            );
            return Ok(Err(PixelError::Damaged(reason)));
        }
        let mut frames = Self {
            decoding,
            source: source.clone(),
            transfer_syntax: row.transfer_syntax.clone(),
            pixels,
            image,
            ahead: Vec::new(),
        };
        let ahead = (AHEAD / frames.image.frame_bytes().max(1)).max(1);
        for index in 0..frames
            .pixels
            .table
            .count()
            .min(ahead.try_into().unwrap_or(u32::MAX))
        {
            match frames.decode(index).await? {
                Ok(frame) => frames.ahead.push(frame),
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(frames))
    }

    /// Decodes a frame, which must come out as the first one does.
    async fn decode(&self, index: u32) -> Result<Result<Frame, PixelError>, RetrieveError> {
        let spans = self.pixels.table.frame(index).unwrap_or_default();
        let (source, syntax) = (&self.source, &self.transfer_syntax);
        let place = self.decoding.place().await?;
        let decoded = self
            .decoding
            .frame(place, source, syntax, &spans, &self.image)
            .await?;
        Ok(decoded.and_then(|frame| {
            frame.agrees_with(&self.image)?;
            match self.ahead.first() {
                Some(first) if first.photometric != frame.photometric => Err(PixelError::Damaged(
                    "the frames differ in their colours".into(),
                )),
                _ => Ok(frame),
            }
        }))
    }

    /// Bytes of all frames.
    pub(crate) fn length(&self) -> u64 {
        self.image.frame_bytes() * u64::from(self.pixels.table.count())
    }

    /// How many times smaller the first frame is compressed.
    fn ratio(&self) -> f64 {
        let spans = self.pixels.table.frame(0).unwrap_or_default();
        let compressed: u64 = spans.iter().map(|span| span.length).sum();
        self.image.frame_bytes() as f64 / compressed.max(1) as f64
    }

    /// The data set around the frames.
    fn content(self, header: &Header, to: &TransferSyntax) -> Result<Content, RetrieveError> {
        let (photometric, lossy) = match self.ahead.first() {
            Some(first) => (&first.photometric, first.lossy),
            None => (&self.image.photometric, self.image.lossy),
        };
        let lossy = lossy.then(|| self.ratio());
        let elements = truth::overrides(&self.transfer_syntax, &self.image, photometric, lossy);
        let vr = truth::pixel_vr(&self.image);
        let around = encode::header_with_native_pixels(header, to, &elements, vr, self.length())?;
        let (before, after) = (around.before, around.after);
        let sum = |segments: &[Segment]| segments.iter().map(Segment::length).sum::<u64>();
        let length = sum(&before) + self.length() + sum(&after);
        let mut cursor = self.source.cursor();
        let body = outlet::body(move |outlet| async move {
            send(&outlet, &mut cursor, before).await?;
            self.send(&outlet).await?;
            send(&outlet, &mut cursor, after).await
        });
        Ok(Content { length, body })
    }

    /// The frames alone.
    pub(crate) fn value(self) -> Content {
        let length = self.length();
        let body = outlet::body(move |outlet| async move { self.send(&outlet).await });
        Content { length, body }
    }

    async fn send(mut self, outlet: &Outlet) -> Result<(), RetrieveError> {
        let ahead = std::mem::take(&mut self.ahead);
        let next = ahead.len() as u32;
        for frame in ahead {
            outlet.send(decoding::bytes(frame)).await?;
        }
        for index in next..self.pixels.table.count() {
            match self.decode(index).await? {
                Ok(frame) => outlet.send(decoding::bytes(frame)).await?,
                Err(_) => {
                    return Err(RetrieveError::Damaged {
                        reason: "a later frame cannot be decoded",
                    });
                }
            }
        }
        Ok(())
    }
}
