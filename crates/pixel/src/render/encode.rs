//! The file of a picture. Which encoder, and why: docs/codecs.md, "Rendering".

use std::borrow::Cow;

use image_webp::{ColorType as WebpColor, WebPEncoder};

use super::{ImageFormat, Rendering, jpeg, picture::Picture};
use crate::PixelError;

/// The file of `picture` in the format asked for.
pub(super) fn encode(picture: &Picture, rendering: &Rendering) -> Result<Vec<u8>, PixelError> {
    match rendering.format {
        ImageFormat::Jpeg => jpeg::encode(picture, rendering.quality),
        ImageFormat::Png => png(picture),
        ImageFormat::Webp => webp(picture),
    }
}

/// How hard PNG is compressed: an interactive picture is written once and read once.
pub(super) const COMPRESSION: png::Compression = png::Compression::Fastest;

pub(super) fn png_colour(picture: &Picture) -> png::ColorType {
    if picture.is_gray() {
        png::ColorType::Grayscale
    } else {
        png::ColorType::Rgb
    }
}

fn png(picture: &Picture) -> Result<Vec<u8>, PixelError> {
    let failed = |error: png::EncodingError| PixelError::damaged(format!("PNG: {error}"));
    let mut info = png::Info::with_size(picture.columns, picture.rows);
    info.icc_profile = picture.profile.as_deref().map(Cow::Borrowed);
    let mut file = Vec::new();
    let mut encoder = png::Encoder::with_info(&mut file, info).map_err(failed)?;
    encoder.set_color(png_colour(picture));
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(COMPRESSION);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&picture.bytes).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(file)
}

/// What WebP can count (RFC 9649 §3.4).
const LONGEST_WEBP_SIDE: u32 = 16_384;

fn webp(picture: &Picture) -> Result<Vec<u8>, PixelError> {
    if picture.columns.max(picture.rows) > LONGEST_WEBP_SIDE {
        return Err(PixelError::TooLarge("WebP has 16384 pixels a side".into()));
    }
    let colour = if picture.is_gray() {
        WebpColor::L8
    } else {
        WebpColor::Rgb8
    };
    let mut file = Vec::new();
    let mut encoder = WebPEncoder::new(&mut file);
    if let Some(profile) = &picture.profile {
        encoder.set_icc_profile(profile.clone());
    }
    encoder
        .encode(&picture.bytes, picture.columns, picture.rows, colour)
        .map_err(|error| PixelError::damaged(format!("WebP: {error}")))?;
    Ok(file)
}
