//! Colour frames as RGB of 8 bits (PS3.3 §C.7.6.3.1.2).

use super::{
    picture::Picture,
    sample::{Sample, each},
};
use crate::{Frame, Photometric, PixelError, Samples};

/// Three samples a pixel as RGB.
pub(super) fn picture(frame: Frame) -> Result<Picture, PixelError> {
    if frame.samples.is_float() {
        return Err(PixelError::unsupported("colours of floating point samples"));
    }
    let kind = Kind::of(&frame.photometric).ok_or_else(|| {
        PixelError::unsupported(format!(
            "photometric interpretation {:?} of three samples",
            frame.photometric.term()
        ))
    })?;
    let frame = frame.into_stored_values();
    let size = (frame.columns, frame.rows);
    let bytes = match (frame.samples, kind, frame.bits_stored) {
        (Samples::U8(samples), Kind::Rgb, 8) => samples,
        (Samples::U8(mut samples), Kind::Full, 8) => {
            for pixel in samples.chunks_exact_mut(3) {
                let [y, blue, red] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
                let rgb = from_full([y, blue - 128.0, red - 128.0]);
                pixel.copy_from_slice(&rgb.map(|sample| (sample + 0.5) as u8));
            }
            samples
        }
        (samples, kind, bits) => any(&samples, kind, bits),
    };
    Picture::new(size, 3, bytes)
}

/// Samples of any width: computed in the range of 8 bits.
fn any(samples: &Samples, kind: Kind, bits: u16) -> Vec<u8> {
    let signed = samples.is_signed();
    let values: Vec<f64> = each!(samples, samples => samples.iter().map(|s| s.value()).collect());
    let white = (2.0_f64.powi(i32::from(bits)) - 1.0).max(1.0);
    // Chrominances are stored with half the range added, unless they have a sign.
    let middle = 2.0_f64.powi(i32::from(bits) - 1);
    let (zero, below) = if signed { (0.0, middle) } else { (middle, 0.0) };
    let to_bytes = 255.0 / white;
    values
        .chunks_exact(3)
        .flat_map(|pixel| {
            let rgb = match kind {
                Kind::Rgb => [pixel[0], pixel[1], pixel[2]].map(|sample| sample + below),
                Kind::Reversible => {
                    from_reversible([pixel[0] + below, pixel[1] - zero, pixel[2] - zero])
                }
                Kind::Full | Kind::Partial => {
                    let ybr = [pixel[0] + below, pixel[1] - zero, pixel[2] - zero];
                    let ybr = ybr.map(|sample| sample as f32);
                    match kind {
                        Kind::Partial => from_partial(ybr, (white / 255.0) as f32),
                        _ => from_full(ybr),
                    }
                    .map(f64::from)
                }
            };
            rgb.map(|sample| (sample * to_bytes).round() as u8)
        })
        .collect()
}

/// What three samples are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Rgb,
    /// YBR_FULL, and YBR_ICT, whose matrix is the same (ITU-T T.800 §G.3).
    Full,
    /// YBR_PARTIAL_422 and YBR_PARTIAL_420.
    Partial,
    /// YBR_RCT (ITU-T T.800 §G.2).
    Reversible,
}

impl Kind {
    fn of(photometric: &Photometric) -> Option<Self> {
        Some(match photometric.term() {
            "RGB" => Self::Rgb,
            "YBR_FULL" | "YBR_FULL_422" | "YBR_ICT" => Self::Full,
            "YBR_PARTIAL_422" | "YBR_PARTIAL_420" => Self::Partial,
            "YBR_RCT" => Self::Reversible,
            _ => return None,
        })
    }
}

/// The inverse of PS3.3 §C.7.6.3.1.2, YBR_FULL; chrominances about zero.
fn from_full([y, blue, red]: [f32; 3]) -> [f32; 3] {
    [
        y + 1.402 * red,
        y - 0.344_136 * blue - 0.714_136 * red,
        y + 1.772 * blue,
    ]
}

/// The inverse of PS3.3 §C.7.6.3.1.2, YBR_PARTIAL_422: luminance from 16 to 235, chrominances from
/// 16 to 240, here about zero. `unit`: what one of 255 is.
fn from_partial([y, blue, red]: [f32; 3], unit: f32) -> [f32; 3] {
    let y = 1.164_384 * (y - 16.0 * unit);
    [
        y + 1.596_027 * red,
        y - 0.391_762 * blue - 0.812_968 * red,
        y + 2.017_232 * blue,
    ]
}

/// ITU-T T.800 §G.2.2; differences about zero.
fn from_reversible([y, blue, red]: [f64; 3]) -> [f64; 3] {
    let green = y - ((blue + red) / 4.0).floor();
    [red + green, green, blue + green]
}
