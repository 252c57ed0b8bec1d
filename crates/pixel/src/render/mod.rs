//! Frames as images for any browser: modality LUT, VOI LUT, colours, size (PS3.3 §C.11, PS3.4 §N.2).

mod attributes;
mod colour;
mod encode;
mod gray;
mod settings;
mod table;

#[cfg(test)]
mod tests;

use image::DynamicImage;

use crate::{Frame, Photometric, PixelError, Samples};
pub use attributes::{LongValues, Presentation};
pub use settings::{ImageFormat, Rendering, Window};

/// `frame` as the file of a picture, of at most `limit` bytes before it is encoded.
pub fn render(
    frame: Frame,
    presentation: &Presentation,
    rendering: &Rendering,
    limit: u64,
) -> Result<Vec<u8>, PixelError> {
    encode::encode(picture(frame, presentation, rendering)?, rendering, limit)
}

/// The frame as 8-bit gray or RGB.
fn picture(
    frame: Frame,
    presentation: &Presentation,
    rendering: &Rendering,
) -> Result<DynamicImage, PixelError> {
    let frame = frame.into_stored_values();
    match (&frame.photometric, frame.samples_per_pixel) {
        (Photometric::Monochrome1 | Photometric::Monochrome2, 1) => {
            gray::picture(&frame, presentation, rendering)
        }
        (Photometric::Palette, 1) => colour::palette(&frame, presentation),
        (Photometric::Rgb | Photometric::YbrFull, 3) => colour::true_colour(&frame),
        (other, samples) => Err(PixelError::unsupported(format!(
            "photometric interpretation {:?} with {samples} samples",
            other.term()
        ))),
    }
}

/// The values of a frame, one a sample.
fn values(samples: &Samples) -> Box<dyn Iterator<Item = f64> + '_> {
    match samples {
        Samples::U8(values) => Box::new(values.iter().map(|&value| value.into())),
        Samples::I8(values) => Box::new(values.iter().map(|&value| value.into())),
        Samples::U16(values) => Box::new(values.iter().map(|&value| value.into())),
        Samples::I16(values) => Box::new(values.iter().map(|&value| value.into())),
        Samples::U32(values) => Box::new(values.iter().map(|&value| value.into())),
        Samples::I32(values) => Box::new(values.iter().map(|&value| value.into())),
        Samples::U64(values) => Box::new(values.iter().map(|&value| value as f64)),
        Samples::I64(values) => Box::new(values.iter().map(|&value| value as f64)),
        Samples::F32(values) => Box::new(values.iter().map(|&value| value.into())),
        Samples::F64(values) => Box::new(values.iter().copied()),
    }
}
