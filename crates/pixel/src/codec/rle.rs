//! RLE (PS3.5 §G): a segment a byte plane, most significant first, each packed by PackBits.

use super::{Geometry, Request};
use crate::{Frame, PixelError, Samples, error::ensure};

/// Decodes a frame; samples come out pixel by pixel.
pub(crate) fn decode(frame: &[u8], request: &Request<'_>) -> Result<Frame, PixelError> {
    let described = request.description;
    described.check()?;
    let (samples, width) = (
        usize::from(described.samples_per_pixel),
        described.sample_bytes(),
    );
    let geometry = Geometry {
        rows: described.rows.into(),
        columns: described.columns.into(),
        components: described.samples_per_pixel,
        precision: described.bits_allocated,
    };
    let size = (geometry.rows, geometry.columns);
    let length = request.limits.check(size, geometry.components, width)?;
    let planes = samples * width;
    let offsets = header(frame, planes)?;
    let pixels = length / planes;
    let mut bytes = vec![0; length];
    for (plane, &start) in offsets.iter().enumerate() {
        let end = offsets.get(plane + 1).copied().unwrap_or(frame.len());
        let segment = frame
            .get(start..end)
            .ok_or_else(|| PixelError::damaged("an RLE segment lies outside the frame"))?;
        let (sample, byte) = (plane / width, width - 1 - plane % width);
        unpack(segment, &mut bytes, sample * width + byte, planes, pixels)?;
    }
    let samples = Samples::from_words(&bytes, width, described.signed)
        .ok_or_else(|| PixelError::unsupported("an odd width of samples"))?;
    let photometric = described.photometric.widened();
    Ok(request.frame(geometry, samples, photometric, described.lossy))
}

/// The offsets of the segments (§G.5).
fn header(frame: &[u8], planes: usize) -> Result<Vec<usize>, PixelError> {
    let word = |index: usize| {
        let bytes = frame.get(index * 4..index * 4 + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
    };
    ensure(
        planes <= 15 && word(0) == Some(planes) && frame.len() >= 64,
        "the RLE header does not fit the image's description",
    )?;
    Ok((1..=planes).filter_map(word).collect())
}

/// Unpacks a segment into every `step`th byte of `bytes` from `at` on (§G.3.2).
fn unpack(
    segment: &[u8],
    bytes: &mut [u8],
    at: usize,
    step: usize,
    pixels: usize,
) -> Result<(), PixelError> {
    let mut targets = bytes.iter_mut().skip(at).step_by(step).take(pixels);
    let (mut rest, mut missing) = (segment, pixels);
    while missing > 0 {
        let Some((&control, after)) = rest.split_first() else {
            break;
        };
        rest = after;
        let run = match control {
            0..=127 => usize::from(control) + 1,
            128 => continue,
            129.. => 257 - usize::from(control),
        };
        if control < 128 {
            let literal = &rest[..run.min(rest.len())];
            // A run past the last pixel is padding.
            for (target, &byte) in targets
                .by_ref()
                .take(missing.min(literal.len()))
                .zip(literal)
            {
                *target = byte;
            }
            missing = missing.saturating_sub(literal.len());
            rest = &rest[literal.len()..];
        } else {
            let Some((&byte, after)) = rest.split_first() else {
                break;
            };
            rest = after;
            for target in targets.by_ref().take(run.min(missing)) {
                *target = byte;
            }
            missing = missing.saturating_sub(run);
        }
    }
    ensure(missing == 0, "an RLE segment ends too early")
}
