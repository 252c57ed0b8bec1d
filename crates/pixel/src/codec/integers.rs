//! Integers of decoders as samples: their width and sign.

use crate::{PixelDescription, Samples};

/// Unsigned samples as words of `word` bytes; signed where the header says so, the sign then being
/// the highest of `precision` bits, or of Bits Stored where these are more.
pub(super) fn from_unsigned(
    samples: Samples,
    word: usize,
    precision: u16,
    description: &PixelDescription,
) -> Samples {
    let samples = match (samples, word) {
        (Samples::U8(values), 2) => Samples::U16(values.into_iter().map(u16::from).collect()),
        (Samples::U8(values), 4) => Samples::U32(values.into_iter().map(u32::from).collect()),
        (Samples::U16(values), 4) => Samples::U32(values.into_iter().map(u32::from).collect()),
        // A decoder's word is wider than what is in it.
        (Samples::U16(values), 1) => {
            Samples::U8(values.into_iter().map(|value| value as u8).collect())
        }
        (samples, _) => samples,
    };
    if !description.signed {
        return samples;
    }
    let unused = (samples.width() * 8) as u32;
    let unused = unused.saturating_sub(u32::from(precision.max(description.bits_stored)));
    match samples {
        // All bits are the value's: they stay as they are.
        Samples::U8(values) if unused == 0 => Samples::I8(bytemuck::cast_vec(values)),
        Samples::U16(values) if unused == 0 => Samples::I16(bytemuck::cast_vec(values)),
        Samples::U32(values) if unused == 0 => Samples::I32(bytemuck::cast_vec(values)),
        Samples::U8(values) => Samples::I8(
            values
                .into_iter()
                .map(|value| (value << unused) as i8 >> unused)
                .collect(),
        ),
        Samples::U16(values) => Samples::I16(
            values
                .into_iter()
                .map(|value| (value << unused) as i16 >> unused)
                .collect(),
        ),
        Samples::U32(values) => Samples::I32(
            values
                .into_iter()
                .map(|value| (value << unused) as i32 >> unused)
                .collect(),
        ),
        other => other,
    }
}

/// Components of 32-bit integers as samples pixel by pixel, words of `word` bytes.
pub(super) fn from_planes(planes: &[&[i32]], word: usize, signed: bool) -> Samples {
    macro_rules! gather {
        ($kind:ident, $type:ty) => {
            Samples::$kind(gather(planes, |value| value as $type))
        };
    }
    match (word, signed) {
        (1, false) => gather!(U8, u8),
        (1, true) => gather!(I8, i8),
        (2, false) => gather!(U16, u16),
        (2, true) => gather!(I16, i16),
        (4, false) => gather!(U32, u32),
        (4, true) => gather!(I32, i32),
        (_, false) => gather!(U64, u64),
        (_, true) => gather!(I64, i64),
    }
}

fn gather<T: Copy + Default>(planes: &[&[i32]], cast: impl Fn(i32) -> T) -> Vec<T> {
    match planes {
        [plane] => plane.iter().map(|&value| cast(value)).collect(),
        [red, green, blue] => red
            .iter()
            .zip(*green)
            .zip(*blue)
            .flat_map(|((&red, &green), &blue)| [cast(red), cast(green), cast(blue)])
            .collect(),
        planes => {
            let pixels = planes.first().map_or(0, |plane| plane.len());
            (0..pixels)
                .flat_map(|pixel| planes.iter().map(move |plane| plane[pixel]))
                .map(cast)
                .collect()
        }
    }
}

/// Samples plane by plane as samples pixel by pixel; `bytes` of `width` bytes a sample.
pub(super) fn interleave(bytes: &[u8], samples: usize, width: usize) -> Vec<u8> {
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
