//! Frames as images for any browser (PS3.4 §N.2, PS3.18 §8.3.5): modality, VOI and presentation LUT,
//! colours, overlays and shutters, the part that is shown, its size, its file.

mod attributes;
mod cine;
mod colour;
mod encode;
mod geometry;
mod gray;
mod icc;
mod jpeg;
mod level;
mod overlay;
mod palette;
mod picture;
mod ramp;
mod sample;
mod segments;
mod settings;
mod shutter;
mod smaller;
mod state;
mod table;
mod voi;

#[cfg(test)]
mod tests;

pub use attributes::Presentation;
pub use cine::{Cine, CineFormat, frame_time};
pub use level::LongValues;
pub use picture::Picture;
pub use settings::{
    ColourManagement, ImageFormat, Part, Region, Rendering, Turn, Window, WindowFunction,
};

use crate::{Frame, Photometric, PixelError};

/// `frame` as the file of a picture, of at most `limit` bytes before it is encoded.
///
/// # Errors
/// Those of [`picture()`], and a picture that its format has no room for.
pub fn render(
    frame: Frame,
    presentation: &Presentation,
    rendering: &Rendering,
    limit: u64,
) -> Result<Vec<u8>, PixelError> {
    encode::encode(&picture(frame, presentation, rendering, limit)?, rendering)
}

/// `frame` as it is shown, 8-bit gray or RGB, of at most `limit` bytes. A frame that was decoded
/// smaller comes out as large as the whole one would.
///
/// # Errors
/// A frame that was decoded smaller where [`Presentation::least_side`] asks for the whole. Photometric interpretations that are not known, a palette that is missing, a part outside of the
/// image, a size that is larger than `limit`.
pub fn picture(
    frame: Frame,
    presentation: &Presentation,
    rendering: &Rendering,
    limit: u64,
) -> Result<Picture, PixelError> {
    let mut whole = frame.whole;
    if whole.is_some() && presentation.least_side(rendering) == u32::MAX {
        return Err(PixelError::unsupported(
            "the frame was decoded smaller than its rendering needs",
        ));
    }
    let overlays: Vec<_> = if rendering.graphics {
        let overlays = presentation.overlays.iter();
        overlays.map(|overlay| overlay.lifted(&frame)).collect()
    } else {
        Vec::new()
    };
    let mut picture = pixels(frame, presentation, rendering)?;
    if let Some(profile) = &presentation.profile {
        picture = icc::manage(picture, profile, rendering.colours);
    }
    for overlay in overlays {
        overlay.draw(&mut picture);
    }
    if rendering.shutters {
        presentation.shutter.draw(&mut picture);
    }
    if let Some(area) = presentation.area {
        picture = geometry::crop(picture, area)?;
    }
    let part = rendering.part;
    let part = part.map(|part| part.of(picture.columns, picture.rows));
    if let Some(region) = rendering.region.or(part) {
        picture = geometry::crop(picture, region)?;
    }
    for turn in [presentation.turn, rendering.turn] {
        picture = geometry::turn(picture, turn);
        if !turn.quarters.is_multiple_of(2) {
            whole = whole.map(|(columns, rows)| (rows, columns));
        }
    }
    let whole = whole.unwrap_or((picture.columns, picture.rows));
    match rendering.size {
        Some(size) => geometry::fit(picture, whole, size, limit),
        None => Ok(picture),
    }
}

/// The frame's pixels as 8-bit gray or RGB.
fn pixels(
    frame: Frame,
    presentation: &Presentation,
    rendering: &Rendering,
) -> Result<Picture, PixelError> {
    match (&frame.photometric, frame.samples_per_pixel) {
        (Photometric::Monochrome1 | Photometric::Monochrome2, 1) => {
            let palette = presentation.palette.as_ref();
            if let Some(palette) = palette.filter(|palette| palette.is_supplemental()) {
                return palette::supplemented(frame, palette, presentation, rendering);
            }
            let size = (frame.columns, frame.rows);
            Picture::new(size, 1, gray::grays(frame, presentation, rendering))
        }
        (Photometric::Palette, 1) => palette::picture(frame, presentation),
        (_, 3) => colour::picture(frame),
        (other, samples) => Err(PixelError::unsupported(format!(
            "photometric interpretation {:?} with {samples} samples",
            other.term()
        ))),
    }
}
