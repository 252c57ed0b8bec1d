//! Words of samples: their width, sign and order.

use crate::{PixelDescription, PixelError, error::ensure};

/// Samples of `from` bytes as samples of Bits Allocated, little endian; values must fit.
pub(crate) fn resize(
    bytes: Vec<u8>,
    from: usize,
    image: &PixelDescription,
) -> Result<Vec<u8>, PixelError> {
    let to = image.sample_bytes();
    if from == to {
        return Ok(bytes);
    }
    let mut resized = Vec::with_capacity(bytes.len() / from * to);
    for sample in bytes.chunks_exact(from) {
        let kept = from.min(to);
        ensure(
            sample[kept..].iter().all(|&byte| byte == 0),
            "a decoded sample does not fit bits allocated",
        )?;
        resized.extend_from_slice(&sample[..kept]);
        resized.resize(resized.len() + to - kept, 0);
    }
    Ok(resized)
}

/// Fills the bits above High Bit with the sign, as a reader of native words expects it; codecs keep
/// `bits` bits only.
pub(crate) fn extend_sign(bytes: &mut [u8], image: &PixelDescription) {
    let unused = u32::from(image.bits_allocated - 1 - image.high_bit);
    if !image.signed || unused == 0 || image.high_bit + 1 != image.bits_stored {
        return;
    }
    match image.sample_bytes() {
        1 => {
            for byte in bytes {
                *byte = (((*byte << unused) as i8) >> unused) as u8;
            }
        }
        2 => {
            for word in bytes.chunks_exact_mut(2) {
                let value = u16::from_le_bytes([word[0], word[1]]);
                let value = ((value << unused) as i16) >> unused;
                word.copy_from_slice(&value.to_le_bytes());
            }
        }
        _ => {}
    }
}

/// Samples plane by plane as samples pixel by pixel.
pub(crate) fn interleave(bytes: &[u8], image: &PixelDescription) -> Vec<u8> {
    let (samples, width) = (usize::from(image.samples_per_pixel), image.sample_bytes());
    let plane = bytes.len() / samples;
    let mut interleaved = Vec::with_capacity(bytes.len());
    for pixel in (0..plane).step_by(width) {
        for sample in 0..samples {
            let at = sample * plane + pixel;
            interleaved.extend_from_slice(&bytes[at..at + width]);
        }
    }
    interleaved
}
