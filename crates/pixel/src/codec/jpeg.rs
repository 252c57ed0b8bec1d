//! JPEG baseline, extended (8 bits) and lossless (PS3.5 §8.2.1, ITU-T T.81).

use jpeg_decoder::{ColorTransform, Decoder};

use super::{
    markers::{Segment, segments},
    samples,
};
use crate::{
    Photometric, PixelDescription, PixelError,
    decode::{Decoded, Layout},
    error::ensure,
};

/// Decodes a frame. Colours of the lossy processes come out as RGB, those of the lossless one as
/// the header says; samples pixel by pixel.
pub(crate) fn decode(stream: &[u8], image: &PixelDescription) -> Result<Decoded, PixelError> {
    let segments = segments(stream, SOI, SOS)?;
    let frame = Frame::find(&segments)?;
    frame.check(image)?;
    let transform = if frame.lossless || image.samples_per_pixel == 1 {
        None
    } else {
        Some(colour(&segments, &frame, image)?)
    };
    let mut decoder = Decoder::new(stream);
    if let Some(transform) = transform {
        decoder.set_color_transform(transform);
    }
    let limit = usize::try_from(image.pixels() * u64::from(image.samples_per_pixel) * 2);
    decoder.set_max_decoding_buffer_size(limit.unwrap_or(usize::MAX));
    let bytes = decoder
        .decode()
        .map_err(|error| PixelError::damaged(format!("JPEG: {error}")))?;
    let width = if frame.precision == 8 { 1 } else { 2 };
    let mut bytes = samples::resize(little_endian(bytes, width), width, image)?;
    let layout = if frame.lossless {
        samples::extend_sign(&mut bytes, image);
        image.interleaved(false)
    } else if image.samples_per_pixel == 1 {
        image.interleaved(true)
    } else {
        Layout {
            photometric: Photometric::Rgb,

            lossy: true,
        }
    };
    Ok(Decoded { bytes, layout })
}

const SOI: u8 = 0xD8;
const SOS: u8 = 0xDA;
const SOF_BASELINE: u8 = 0xC0;
const SOF_EXTENDED: u8 = 0xC1;
const SOF_PROGRESSIVE: u8 = 0xC2;
const SOF_LOSSLESS: u8 = 0xC3;
const APP0: u8 = 0xE0;
const APP14: u8 = 0xEE;

/// The frame header (T.81 §B.2.2).
#[derive(Debug)]
struct Frame {
    lossless: bool,
    precision: u8,
    rows: u16,
    columns: u16,
    identifiers: Vec<u8>,
    sampling: Vec<u8>,
}

impl Frame {
    fn find(segments: &[Segment<'_>]) -> Result<Self, PixelError> {
        let damaged = || PixelError::damaged("the JPEG frame header is damaged");
        let header = segments
            .iter()
            .find(|segment| {
                matches!(segment.marker, 0xC0..=0xCF)
                    && !matches!(segment.marker, 0xC4 | 0xC8 | 0xCC)
            })
            .ok_or_else(damaged)?;
        ensure(
            matches!(
                header.marker,
                SOF_BASELINE | SOF_EXTENDED | SOF_PROGRESSIVE | SOF_LOSSLESS
            ),
            "a JPEG process that is not supported",
        )?;
        let components = header.body.get(6..).ok_or_else(damaged)?;
        ensure(
            components.len() == 3 * usize::from(header.body[5]),
            "the JPEG frame header is damaged",
        )?;
        let column = |at| components.chunks_exact(3).map(|part| part[at]).collect();
        Ok(Self {
            lossless: header.marker == SOF_LOSSLESS,
            precision: header.byte(0).ok_or_else(damaged)?,
            rows: header.short(1).ok_or_else(damaged)?,
            columns: header.short(3).ok_or_else(damaged)?,
            identifiers: column(0),
            sampling: column(1),
        })
    }

    fn check(&self, image: &PixelDescription) -> Result<(), PixelError> {
        ensure(
            (self.rows, self.columns) == (image.rows, image.columns)
                && self.identifiers.len() == usize::from(image.samples_per_pixel),
            "the JPEG frame is not of the size that the header says",
        )?;
        ensure(
            self.precision == 8 || (self.lossless && (2..=16).contains(&self.precision)),
            "12-bit JPEG is not supported",
        )?;
        ensure(
            u16::from(self.precision) <= image.bits_allocated && image.bits_allocated <= 16,
            "the JPEG precision does not fit bits allocated",
        )?;
        ensure(
            !self.lossless
                || self
                    .sampling
                    .iter()
                    .all(|&factors| factors == self.sampling[0]),
            "sub-sampled lossless JPEG is not supported",
        )
    }
}

/// What the three components are. A JFIF or Adobe marker in the stream says it; without one the
/// header does.
fn colour(
    segments: &[Segment<'_>],
    frame: &Frame,
    image: &PixelDescription,
) -> Result<ColorTransform, PixelError> {
    let application = |marker, name: &[u8]| {
        segments
            .iter()
            .find(|segment| segment.marker == marker && segment.body.starts_with(name))
    };
    if application(APP0, b"JFIF\0").is_some() {
        return Ok(ColorTransform::YCbCr);
    }
    if let Some(adobe) = application(APP14, b"Adobe") {
        match adobe.byte(11) {
            Some(0) => return Ok(ColorTransform::RGB),
            Some(1) => return Ok(ColorTransform::YCbCr),
            _ => {}
        }
    }
    if frame.identifiers == *b"RGB" {
        return Ok(ColorTransform::RGB);
    }
    match image.photometric {
        Photometric::Rgb => Ok(ColorTransform::RGB),
        Photometric::YbrFull | Photometric::YbrFull422 => Ok(ColorTransform::YCbCr),
        _ => Err(PixelError::damaged(format!(
            "JPEG with photometric interpretation {:?} is not supported",
            image.photometric.term()
        ))),
    }
}

/// The decoder gives words in the order of the machine.
fn little_endian(mut bytes: Vec<u8>, width: usize) -> Vec<u8> {
    if width == 2 && cfg!(target_endian = "big") {
        for word in bytes.chunks_exact_mut(2) {
            word.swap(0, 1);
        }
    }
    bytes
}
