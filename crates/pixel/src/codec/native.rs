//! Native frames (PS3.5 §8.1), in fragments or not (§A.4.11), and deflated ones (§8.2.16).

use std::{borrow::Cow, io::Read};

use flate2::read::DeflateDecoder;

use super::{Geometry, Request, integers};
use crate::{Frame, PixelDescription, PixelError, PixelKind, Samples, error::ensure};

/// Inflates a frame. More than a frame and its padding is an error, found before it is inflated.
pub(crate) fn inflate(frame: &[u8], request: &Request<'_>) -> Result<Frame, PixelError> {
    check(request)?;
    let mut bytes = Vec::new();
    DeflateDecoder::new(frame)
        .take(length(request.description) + 2)
        .read_to_end(&mut bytes)
        .map_err(|error| PixelError::damaged(format!("a deflated frame is corrupt: {error}")))?;
    decode(&bytes, request)
}

/// Refuses frames that are not described or too large.
fn check(request: &Request<'_>) -> Result<(), PixelError> {
    let described = request.description;
    described.check()?;
    let size = (described.rows.into(), described.columns.into());
    let (samples, width) = (described.samples_per_pixel, described.sample_bytes());
    request.limits.check(size, samples, width).map(|_| ())
}

/// Bytes of a native frame.
fn length(description: &PixelDescription) -> u64 {
    let samples = match description.samples_per_pixel {
        3 if description.photometric.is_shared() => 2,
        samples => u64::from(samples),
    };
    (description.pixels() * samples * u64::from(description.bits_allocated)).div_ceil(8)
}

/// Reads a native frame; a padding byte may follow it.
pub(crate) fn decode(frame: &[u8], request: &Request<'_>) -> Result<Frame, PixelError> {
    check(request)?;
    let description = request.description;
    let expected = length(description);
    let found = frame.len() as u64;
    ensure(
        found == expected || (found == expected + 1 && found.is_multiple_of(2)),
        "the frame is not as long as its description says",
    )?;
    let frame = &frame[..usize::try_from(expected).unwrap_or(usize::MAX)];
    let samples = match (description.kind, description.bits_allocated) {
        (PixelKind::Float, 32) => Samples::F32(bytemuck::pod_collect_to_vec(frame)),
        (PixelKind::Double, 64) => Samples::F64(bytemuck::pod_collect_to_vec(frame)),
        (PixelKind::Integer, _) => words(frame, description)?,
        _ => {
            return Err(PixelError::Description(
                "floating point pixels of another width than 32 or 64 bits".into(),
            ));
        }
    };
    let geometry = Geometry {
        rows: description.rows.into(),
        columns: description.columns.into(),
        components: description.samples_per_pixel,
        precision: description.bits_allocated,
    };
    let photometric = description.photometric.widened();
    Ok(request.frame(geometry, samples, photometric, description.lossy))
}

fn words(frame: &[u8], description: &PixelDescription) -> Result<Samples, PixelError> {
    if description.bits_allocated == 1 {
        let bits = |byte: &u8| {
            let byte = *byte;
            (0..8).map(move |bit| byte >> bit & 1)
        };
        let pixels = usize::try_from(description.pixels()).unwrap_or(usize::MAX);
        return Ok(Samples::U8(
            frame.iter().flat_map(bits).take(pixels).collect(),
        ));
    }
    let width = description.sample_bytes();
    let bytes = if description.samples_per_pixel == 1 {
        Cow::Borrowed(frame)
    } else if description.photometric.is_shared() {
        // Two luminances share two chrominances (PS3.3 §C.7.6.3.1.2).
        ensure(
            description.columns.is_multiple_of(2),
            "an odd row of pixels that share chrominances",
        )?;
        let sample = |four: &[u8], at: usize| four[at * width..(at + 1) * width].to_vec();
        frame
            .chunks_exact(4 * width)
            .flat_map(|four| [0, 2, 3, 1, 2, 3].map(|at| sample(four, at)).concat())
            .collect()
    } else if description.planar {
        integers::interleave(frame, description.samples_per_pixel.into(), width).into()
    } else {
        Cow::Borrowed(frame)
    };
    Samples::from_words(&bytes, width, description.signed)
        .ok_or_else(|| PixelError::unsupported("an odd width of samples"))
}
