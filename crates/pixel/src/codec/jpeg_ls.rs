//! JPEG-LS (PS3.5 §8.2.3, ITU-T T.87), decoded by CharLS.

use std::borrow::Cow;

use model::TransferSyntax;

use super::{markers::segments, registry, samples};
use crate::{PixelDescription, PixelError, decode::Decoded, error::ensure};

/// Decodes a frame; samples come out pixel by pixel.
pub(crate) fn decode(
    transfer_syntax: &TransferSyntax,
    stream: &[u8],
    image: &PixelDescription,
) -> Result<Decoded, PixelError> {
    let damaged = || PixelError::damaged("the JPEG-LS frame header is damaged");
    let segments = segments(stream, SOI, SOS)?;
    let frame = segments.iter().find(|segment| segment.marker == SOF_55);
    let frame = frame.ok_or_else(damaged)?;
    let precision = frame.byte(0).ok_or_else(damaged)?;
    let size = (frame.short(1), frame.short(3), frame.byte(5).map(u16::from));
    ensure(
        size == (
            Some(image.rows),
            Some(image.columns),
            Some(image.samples_per_pixel),
        ),
        "the JPEG-LS frame is not of the size that the header says",
    )?;
    ensure(
        u16::from(precision) <= image.bits_allocated && image.bits_allocated <= 16,
        "the JPEG-LS precision does not fit bits allocated",
    )?;
    let scan = segments.last().ok_or_else(damaged)?;
    let components = usize::from(scan.byte(0).ok_or_else(damaged)?);
    let near = scan.byte(1 + 2 * components).ok_or_else(damaged)?;
    let interleave = scan.byte(2 + 2 * components).ok_or_else(damaged)?;

    let bytes =
        registry::decode(transfer_syntax, stream, image).or_else(
            |error| match without_stray_byte(stream) {
                Some(stream) => registry::decode(transfer_syntax, &stream, image),
                None => Err(error),
            },
        )?;
    let width = if precision <= 8 { 1 } else { 2 };
    let mut bytes = samples::resize(bytes, width, image)?;
    if image.samples_per_pixel > 1 && interleave == PLANES {
        bytes = samples::interleave(&bytes, image);
    }
    samples::extend_sign(&mut bytes, image);
    Ok(Decoded {
        bytes,
        layout: image.interleaved(near > 0),
    })
}

const SOI: u8 = 0xD8;
const SOS: u8 = 0xDA;
const SOF_55: u8 = 0xF7;
/// Interleave mode 0: one scan a component.
const PLANES: u8 = 0;

/// Some encoders put a zero byte before the end marker, which CharLS refuses.
fn without_stray_byte(stream: &[u8]) -> Option<Cow<'_, [u8]>> {
    let end = stream.windows(2).rposition(|pair| pair == [0xFF, 0xD9])?;
    let before = stream[..end].strip_suffix(&[0])?;
    Some([before, &[0xFF, 0xD9]].concat().into())
}
