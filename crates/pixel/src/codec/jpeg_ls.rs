//! JPEG-LS (PS3.5 §8.2.3, ITU-T T.87), decoded by CharLS, whose errors come back as errors.

use std::borrow::Cow;

use charls::CharLS;

use super::{Geometry, Request, integers, markers::segments};
use crate::{Frame, PixelError, Samples, error::ensure};

/// Decodes a frame; samples come out pixel by pixel.
pub(crate) fn decode(stream: &[u8], request: &Request<'_>) -> Result<Frame, PixelError> {
    let damaged = || PixelError::damaged("the JPEG-LS frame header is damaged");
    let segments = segments(stream, SOI, SOS)?;
    let frame = segments.iter().find(|segment| segment.marker == SOF_55);
    let frame = frame.ok_or_else(damaged)?;
    let read = || {
        Some(Geometry {
            precision: frame.byte(0)?.into(),
            rows: frame.short(1)?.into(),
            columns: frame.short(3)?.into(),
            components: frame.byte(5)?.into(),
        })
    };
    let geometry = read().ok_or_else(damaged)?;
    ensure(
        (2..=16).contains(&geometry.precision) && (1..=4).contains(&geometry.components),
        "a JPEG-LS frame of no known kind",
    )?;
    let word = request.word(geometry.precision);
    let size = (geometry.rows, geometry.columns);
    let length = request.limits.check(size, geometry.components, word)?;
    let scan = segments.last().ok_or_else(damaged)?;
    let in_scan = usize::from(scan.byte(0).ok_or_else(damaged)?);
    let near = scan.byte(1 + 2 * in_scan).ok_or_else(damaged)?;
    let interleave = scan.byte(2 + 2 * in_scan).ok_or_else(damaged)?;

    let mut bytes = charls(stream).or_else(|error| match without_stray_byte(stream) {
        Some(stream) => charls(&stream),
        None => Err(error),
    })?;
    let width = if geometry.precision <= 8 { 1 } else { 2 };
    ensure(
        bytes.len() == length / word * width,
        "the JPEG-LS decoder gives another number of samples",
    )?;
    if geometry.components > 1 && interleave == PLANES {
        bytes = integers::interleave(&bytes, geometry.components.into(), width);
    }
    let samples = Samples::from_words(&bytes, width, false).ok_or_else(damaged)?;
    let samples = integers::from_unsigned(samples, word, geometry.precision, request.description);
    let photometric = request.photometric(geometry.components);
    Ok(request.frame(geometry, samples, photometric, near > 0))
}

/// The decoder is given an end marker in any case: past the last byte of a cut stream that has none
/// it counts bits for seconds, where a marker stops it.
fn charls(stream: &[u8]) -> Result<Vec<u8>, PixelError> {
    // A byte of padding may follow.
    let stream = match stream.strip_suffix(&[0]) {
        Some(whole) if whole.ends_with(&END) => whole,
        _ => stream,
    };
    let ended = if stream.ends_with(&END) {
        Cow::Borrowed(stream)
    } else {
        Cow::Owned([stream, &END].concat())
    };
    CharLS::default()
        .decode(&ended)
        .map_err(|error| PixelError::damaged(format!("JPEG-LS: {error}")))
}

const SOI: u8 = 0xD8;
const SOS: u8 = 0xDA;
const SOF_55: u8 = 0xF7;
const END: [u8; 2] = [0xFF, 0xD9];
/// Interleave mode 0: one scan a component.
const PLANES: u8 = 0;

/// Some encoders put a zero byte before the end marker, which CharLS refuses.
fn without_stray_byte(stream: &[u8]) -> Option<Vec<u8>> {
    let end = stream.windows(2).rposition(|pair| pair == END)?;
    let before = stream[..end].strip_suffix(&[0])?;
    Some([before, &END].concat())
}
