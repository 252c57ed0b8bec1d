//! Several frames as one moving picture: GIF (GIF89a) or APNG (PNG third edition, §4.9).

use std::{borrow::Cow, fmt, io::Write, time::Duration};

use dataset::{Header, Tag};

use super::{
    encode,
    level::{Level, LongValues},
    picture::Picture,
};
use crate::PixelError;

/// The media type of a moving picture (PS3.18 §8.7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CineFormat {
    /// `image/gif`: grays as they are, colours by a palette of 256 a frame.
    Gif,
    /// `image/apng`: everything as it is.
    Apng,
}

/// How long a frame is to be shown: Frame Time, else by Recommended Display Frame Rate or Cine Rate
/// (PS3.3 §C.7.6.5, §C.7.6.1), else a tenth of a second.
pub fn frame_time(header: &Header) -> Duration {
    let none = LongValues::new();
    let top = Level::top(header, &none);
    let milliseconds = top.decimal(Tag(0x0018, 0x1063));
    let rates = [Tag(0x0008, 0x2144), Tag(0x0018, 0x0040)];
    let rate = rates.into_iter().find_map(|tag| top.decimal(tag));
    let seconds = milliseconds
        .map(|time| time / 1000.0)
        .or(rate.map(f64::recip))
        .filter(|seconds| (0.001..=60.0).contains(seconds));
    Duration::from_secs_f64(seconds.unwrap_or(0.1))
}

/// A moving picture that is being written. It repeats for ever.
pub struct Cine<W: Write> {
    size: (u32, u32, usize),
    writer: Writer<W>,
}

enum Writer<W: Write> {
    Gif {
        encoder: gif::Encoder<W>,
        /// Hundredths of a second.
        delay: u16,
    },
    Apng(Box<png::Writer<W>>),
}

impl<W: Write> fmt::Debug for Cine<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cine")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

/// Of colours, how many pixels are looked at to find the palette: 1 all, 30 few.
const PALETTE_SPEED: i32 = 10;

impl<W: Write> Cine<W> {
    /// Begins a moving picture of `frames` frames, each as large as `first` and shown for `delay`,
    /// in `file`.
    ///
    /// # Errors
    /// A picture larger than the format can count, no frames, or a file that is not written.
    pub fn new(
        file: W,
        first: &Picture,
        frames: u32,
        delay: Duration,
        format: CineFormat,
    ) -> Result<Self, PixelError> {
        let writer = match format {
            CineFormat::Gif => gif_writer(file, first, delay)?,
            CineFormat::Apng => apng_writer(file, first, frames, delay)?,
        };
        Ok(Self {
            size: (first.columns, first.rows, first.channels),
            writer,
        })
    }

    /// Adds a frame.
    ///
    /// # Errors
    /// A frame of another size than the first, or more than were told.
    pub fn add(&mut self, picture: &Picture) -> Result<(), PixelError> {
        if (picture.columns, picture.rows, picture.channels) != self.size {
            return Err(PixelError::damaged("frames of several sizes"));
        }
        match &mut self.writer {
            Writer::Gif { encoder, delay } => {
                let (width, height) = (picture.columns as u16, picture.rows as u16);
                let mut frame = if picture.is_gray() {
                    gif::Frame {
                        width,
                        height,
                        buffer: Cow::Borrowed(&picture.bytes),
                        ..gif::Frame::default()
                    }
                } else {
                    gif::Frame::from_rgb_speed(width, height, &picture.bytes, PALETTE_SPEED)
                };
                frame.delay = *delay;
                encoder.write_frame(&frame).map_err(gif_failed)
            }
            Writer::Apng(writer) => writer.write_image_data(&picture.bytes).map_err(png_failed),
        }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Fewer frames than were told, or a file that is not written.
    pub fn finish(self) -> Result<(), PixelError> {
        match self.writer {
            Writer::Gif { encoder, .. } => {
                let file = encoder.into_inner();
                file.map_err(|error| PixelError::damaged(format!("GIF: {error}")))
                    .map(drop)
            }
            Writer::Apng(writer) => writer.finish().map_err(png_failed),
        }
    }
}

fn gif_failed(error: gif::EncodingError) -> PixelError {
    PixelError::damaged(format!("GIF: {error}"))
}

fn png_failed(error: png::EncodingError) -> PixelError {
    PixelError::damaged(format!("APNG: {error}"))
}

fn gif_writer<W: Write>(
    file: W,
    first: &Picture,
    delay: Duration,
) -> Result<Writer<W>, PixelError> {
    let side = |side: u32| {
        u16::try_from(side).map_err(|_| PixelError::TooLarge("GIF has 65535 pixels a side".into()))
    };
    // Each gray is its own index; of colours each frame brings its palette.
    let grays: Vec<u8> = (0..=255).flat_map(|gray| [gray; 3]).collect();
    let palette = if first.is_gray() { &grays[..] } else { &[] };
    let mut encoder = gif::Encoder::new(file, side(first.columns)?, side(first.rows)?, palette)
        .map_err(gif_failed)?;
    encoder
        .set_repeat(gif::Repeat::Infinite)
        .map_err(gif_failed)?;
    let hundredths = (delay.as_millis() + 5) / 10;
    Ok(Writer::Gif {
        encoder,
        // Browsers slow down what is faster than a fiftieth of a second.
        delay: u16::try_from(hundredths).unwrap_or(u16::MAX).max(2),
    })
}

fn apng_writer<W: Write>(
    file: W,
    first: &Picture,
    frames: u32,
    delay: Duration,
) -> Result<Writer<W>, PixelError> {
    let mut encoder = png::Encoder::new(file, first.columns, first.rows);
    encoder.set_color(encode::png_colour(first));
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(encode::COMPRESSION);
    encoder.set_animated(frames, 0).map_err(png_failed)?;
    let milliseconds = u16::try_from(delay.as_millis()).unwrap_or(u16::MAX);
    encoder
        .set_frame_delay(milliseconds, 1000)
        .map_err(png_failed)?;
    let writer = encoder.write_header().map_err(png_failed)?;
    Ok(Writer::Apng(Box::new(writer)))
}
