//! Size and file of a picture.

use std::io::Cursor;

use image::{
    DynamicImage, codecs::jpeg::JpegEncoder, codecs::png::PngEncoder, imageops::FilterType,
};

use super::{ImageFormat, Rendering};
use crate::PixelError;

/// The file of `picture`, fitted into the size asked for.
pub(super) fn encode(
    picture: DynamicImage,
    rendering: &Rendering,
    limit: u64,
) -> Result<Vec<u8>, PixelError> {
    let picture = match rendering.size {
        Some(size) => fit(picture, size, limit)?,
        None => picture,
    };
    let mut file = Cursor::new(Vec::new());
    let encoded = match rendering.format {
        ImageFormat::Jpeg => picture.write_with_encoder(JpegEncoder::new_with_quality(
            &mut file,
            rendering.quality.clamp(1, 100),
        )),
        ImageFormat::Png => picture.write_with_encoder(PngEncoder::new(&mut file)),
    };
    encoded.map_err(|error| PixelError::unsupported(error.to_string()))?;
    Ok(file.into_inner())
}

/// The largest picture of the same aspect ratio within `width` × `height` (PS3.18 §8.3.5.1.3).
fn fit(
    picture: DynamicImage,
    (width, height): (u32, u32),
    limit: u64,
) -> Result<DynamicImage, PixelError> {
    let refused = |reason: &str| Err(PixelError::unsupported(reason));
    if width == 0 || height == 0 {
        return refused("a size without pixels");
    }
    let (columns, rows) = (f64::from(picture.width()), f64::from(picture.height()));
    let scale = (f64::from(width) / columns).min(f64::from(height) / rows);
    let (width, height) = (columns * scale, rows * scale);
    if width * height * 3.0 > limit as f64 {
        return refused("the size asked for is too large");
    }
    let (width, height) = (
        width.round().max(1.0) as u32,
        height.round().max(1.0) as u32,
    );
    Ok(picture.resize_exact(width, height, FilterType::Triangle))
}
