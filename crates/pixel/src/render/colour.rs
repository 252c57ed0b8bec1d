//! Colour frames (PS3.3 §C.7.6.3.1.2).

use image::{DynamicImage, RgbImage};

use super::{attributes::Presentation, values};
use crate::{Frame, Photometric, PixelError};

/// Indexes of a palette as RGB.
pub(super) fn palette(
    frame: &Frame,
    presentation: &Presentation,
) -> Result<DynamicImage, PixelError> {
    let Some(tables) = &presentation.palette else {
        return Err(PixelError::damaged(
            "the palette is missing, segmented or damaged",
        ));
    };
    let signed = frame.samples.is_signed();
    let rgb = values(&frame.samples)
        .flat_map(|index| {
            tables
                .each_ref()
                .map(|table| table.byte(index as i64, signed))
        })
        .collect();
    finished(frame, rgb)
}

/// Three samples a pixel as RGB.
pub(super) fn true_colour(frame: &Frame) -> Result<DynamicImage, PixelError> {
    if frame.samples.width() > 2 {
        return Err(PixelError::unsupported(
            "colours are rendered of 8 or 16 bits",
        ));
    }
    let bits = u32::from(frame.bits_stored);
    let bytes: Vec<u8> = values(&frame.samples)
        .map(|value| value as i64 as u64)
        .map(|value| (if bits > 8 { value >> (bits - 8) } else { value }) as u8)
        .collect();
    let rgb = match frame.photometric {
        Photometric::Rgb => bytes,
        _ => bytes
            .chunks_exact(3)
            .flat_map(|three| from_ybr([three[0], three[1], three[2]]))
            .collect(),
    };
    finished(frame, rgb)
}

/// YBR_FULL as RGB.
fn from_ybr([luminance, blue, red]: [u8; 3]) -> [u8; 3] {
    let (y, b, r) = (
        f32::from(luminance),
        f32::from(blue) - 128.0,
        f32::from(red) - 128.0,
    );
    [
        y + 1.402 * r,
        y - 0.344_136 * b - 0.714_136 * r,
        y + 1.772 * b,
    ]
    .map(|sample| sample.round() as u8)
}

fn finished(frame: &Frame, rgb: Vec<u8>) -> Result<DynamicImage, PixelError> {
    RgbImage::from_raw(frame.columns, frame.rows, rgb)
        .map(DynamicImage::ImageRgb8)
        .ok_or_else(|| PixelError::damaged("the frame holds too few pixels"))
}
