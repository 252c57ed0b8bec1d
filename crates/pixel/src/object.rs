//! A whole object in memory: its header, and its frames decoded one by one.

use std::{borrow::Cow, io::Read, ops::Range};

use dataset::{FrameTable, Header, PixelData, Scanner, Span, VR, part10};
use flate2::read::DeflateDecoder;
use model::TransferSyntax;
use sha2::{Digest, Sha256};

use crate::{Frame, Limits, PixelDescription, PixelError, Pool, decode_at_least};

/// A whole object in memory.
#[derive(Debug)]
pub struct Object<'b> {
    /// What is kept of its data set.
    pub header: Header,
    /// What its header says of the pixels.
    pub description: PixelDescription,
    dataset: Cow<'b, [u8]>,
    pixels: PixelData,
}

/// GE's private syntax: little endian but for the words of its pixels.
const GE_BIG_ENDIAN_PIXELS: &str = "1.2.840.113619.5.2";

impl<'b> Object<'b> {
    /// Reads the bytes of a file, Part 10 or a bare data set. A deflated one may inflate to
    /// `max_bytes`.
    ///
    /// # Errors
    /// Bytes that are no data set, or one without pixel data.
    pub fn read(bytes: &'b [u8], max_bytes: u64) -> Result<Self, PixelError> {
        let damaged = |error: dataset::DatasetError| PixelError::damaged(error.to_string());
        let probe = part10::probe(bytes, true).map_err(damaged)?;
        let part10::Probe::Found {
            dataset_offset,
            transfer_syntax,
            ..
        } = probe
        else {
            return Err(PixelError::damaged("the file holds no data set"));
        };
        let stored = &bytes[dataset_offset..];
        let mut scanner = Scanner::new(&transfer_syntax, dataset::Limits::default());
        scanner.feed(stored).map_err(damaged)?;
        let header = scanner.finish().map_err(damaged)?;
        let pixels = header.pixel_data.clone();
        let pixels = pixels.ok_or_else(|| PixelError::damaged("there is no pixel data"))?;
        let description = PixelDescription::of(&header)?;
        let dataset = if header.transfer_syntax.is_deflated() {
            inflate(stored, header.inflated_length, max_bytes)?.into()
        } else {
            stored.into()
        };
        Ok(Self {
            header,
            description,
            dataset,
            pixels,
        })
    }

    /// How many frames there are.
    ///
    /// # Errors
    /// A transfer syntax that is not decoded, or pixel data of fewer frames than the header says.
    pub fn frames(&self) -> Result<u32, PixelError> {
        crate::decode::supported(&self.header.transfer_syntax)?;
        let (told, found) = (self.description.frames, self.pixels.frames.count());
        if found < told {
            return Err(PixelError::damaged(format!(
                "the header says {told} frames, the pixel data holds {found}"
            )));
        }
        Ok(told)
    }

    /// Frame `index0`, decoded.
    ///
    /// # Errors
    /// Those of [`crate::decode`], and a frame that is not there.
    pub fn frame(&self, index0: u32, limits: &Limits) -> Result<Frame, PixelError> {
        self.frame_at_least(index0, limits, u32::MAX)
    }

    /// Frame `index0`, decoded as by [`decode_at_least`].
    ///
    /// # Errors
    /// Those of [`Object::frame`].
    pub fn frame_at_least(
        &self,
        index0: u32,
        limits: &Limits,
        side: u32,
    ) -> Result<Frame, PixelError> {
        let frame = self.stored(index0);
        let frame = frame.ok_or_else(|| {
            PixelError::damaged(format!("frame {} is gone", u64::from(index0) + 1))
        })?;
        match self.pixels.frames {
            FrameTable::Native { .. } => {
                let native = TransferSyntax::explicit_little();
                decode_at_least(&frame, &self.description, &native, limits, side)
            }
            FrameTable::Encapsulated(_) => {
                let syntax = &self.header.transfer_syntax;
                decode_at_least(&frame, &self.description, syntax, limits, side)
            }
        }
    }

    /// Frame `index0` as [`crate::decode`] takes it: fragments joined, native words little endian from the
    /// first bit on; none if it is not there.
    pub fn stored(&self, index0: u32) -> Option<Vec<u8>> {
        let spans = self.pixels.frames.frame(index0)?;
        match self.pixels.frames {
            FrameTable::Native { frame_bits, .. } => {
                let bytes = self.little_endian(*spans.first()?)?;
                let start = (u64::from(index0) * frame_bits % 8) as u32;
                Some(from_bit(bytes, start, frame_bits))
            }
            FrameTable::Encapsulated(_) => {
                let fragments = spans.into_iter().map(|span| self.bytes(span));
                Some(fragments.collect::<Option<Vec<_>>>()?.concat())
            }
        }
    }

    fn bytes(&self, span: Span) -> Option<&[u8]> {
        let start = usize::try_from(span.offset).ok()?;
        let length = usize::try_from(span.length).ok()?;
        self.dataset.get(start..)?.get(..length)
    }

    /// Bytes of native pixels, their words turned where they are big endian. A frame of an odd
    /// number of bytes ends, and the next begins, within a word.
    fn little_endian(&self, span: Span) -> Option<Vec<u8>> {
        let word = self.word();
        let before = (span.offset - self.pixels.offset) % word;
        let end = self.pixels.length.map(|length| self.pixels.offset + length);
        let whole = (before + span.length).next_multiple_of(word);
        let offset = span.offset - before;
        let length = whole.min(end?.checked_sub(offset)?);
        let mut bytes = self.bytes(Span { offset, length })?.to_vec();
        if word > 1 {
            for word in bytes.chunks_exact_mut(word as usize) {
                word.reverse();
            }
        }
        bytes.drain(..before as usize);
        bytes.truncate(span.length as usize);
        Some(bytes)
    }

    /// Bytes of the big-endian words of native pixels; 1: there are none.
    fn word(&self) -> u64 {
        let syntax = &self.header.transfer_syntax;
        let bits = u64::from(self.description.bits_allocated);
        match self.pixels.vr {
            _ if syntax.as_str() == GE_BIG_ENDIAN_PIXELS && bits > 8 => 2,
            _ if !syntax.is_big_endian() => 1,
            // Samples of more than a word are big endian as a whole.
            _ if matches!(bits, 32 | 64) => bits / 8,
            VR::OW => 2,
            VR::OF => 4,
            VR::OD => 8,
            _ => 1,
        }
    }

    /// Does `work` on `frames`, several at a time, and gives the results to `take` in order; as
    /// [`Pool::in_order`] does.
    ///
    /// # Errors
    /// The first of `take`.
    pub fn in_order<R: Send, E: Send>(
        &self,
        frames: Range<u32>,
        pool: &Pool,
        work: impl Fn(u32) -> R + Sync,
        take: impl FnMut(R) -> Result<(), E> + Send,
    ) -> Result<(), E> {
        let decoded = self.description.frame_bytes();
        let memory = |index: u32| {
            let spans = self.pixels.frames.frame(index).unwrap_or_default();
            let stored: u64 = spans.iter().map(|span| span.length).sum();
            stored.saturating_add(decoded.saturating_mul(SCRATCH))
        };
        pool.in_order(frames.map(|index| (memory(index), index)), work, take)
    }

    /// SHA-256 of all frames: samples pixel by pixel, the lowest Bits Stored bits of each, the
    /// others cleared or made the sign, little-endian words as wide as Bits Allocated.
    ///
    /// # Errors
    /// Those of [`Object::frame`], and frames that differ in size: they are no array.
    pub fn digest(&self, limits: &Limits, pool: &Pool) -> Result<[u8; 32], PixelError> {
        let (mut digest, mut first) = (Sha256::new(), None);
        let values = |index| -> Result<Frame, PixelError> {
            let mut frame = self.frame(index, limits)?;
            frame.high_bit = frame.bits_stored - 1;
            Ok(frame.into_stored_values())
        };
        self.in_order(0..self.frames()?, pool, values, |frame| {
            let frame = frame?;
            let shape = (frame.rows, frame.columns, frame.samples_per_pixel);
            if *first.get_or_insert(shape) != shape {
                return Err(PixelError::damaged("the frames differ in size"));
            }
            digest.update(frame.samples.as_bytes());
            Ok(())
        })?;
        Ok(digest.finalize().into())
    }
}

/// What a decoder takes beside the frame that it makes, in such frames: OpenJPEG has 32 bits a sample
/// twice.
const SCRATCH: u64 = 4;

fn inflate(stored: &[u8], length: u64, max_bytes: u64) -> Result<Vec<u8>, PixelError> {
    if length > max_bytes {
        return Err(PixelError::TooLarge(format!(
            "the data set inflates to {length} bytes"
        )));
    }
    let mut bytes = Vec::new();
    DeflateDecoder::new(stored)
        .take(length)
        .read_to_end(&mut bytes)
        .map_err(|error| PixelError::damaged(format!("the data set is corrupt: {error}")))?;
    Ok(bytes)
}

/// `bits` bits of `bytes` from bit `start` on, least significant first (PS3.5 §8.1.1).
fn from_bit(bytes: Vec<u8>, start: u32, bits: u64) -> Vec<u8> {
    if start == 0 {
        return bytes;
    }
    let byte = |index: usize| u16::from(bytes.get(index).copied().unwrap_or(0));
    (0..bits.div_ceil(8) as usize)
        .map(|index| ((byte(index) | byte(index + 1) << 8) >> start) as u8)
        .collect()
}
