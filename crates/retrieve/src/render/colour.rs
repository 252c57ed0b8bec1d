//! Colour frames (PS3.3 §C.7.6.3.1.2).

use image::{DynamicImage, RgbImage};

use super::{attributes::Presentation, stored_value, words};
use crate::pixel::{Decoded, Image, Photometric, Undecodable};

/// Indexes of a palette as RGB.
pub(super) fn palette(
    image: &Image,
    decoded: &Decoded,
    presentation: &Presentation,
) -> Result<DynamicImage, Undecodable> {
    let Some(tables) = &presentation.palette else {
        return Err(Undecodable {
            reason: "the palette is missing, segmented or damaged".into(),
        });
    };
    let pixels = usize::try_from(image.pixels()).unwrap_or(usize::MAX);
    let rgb = words(image, &decoded.bytes)
        .take(pixels)
        .flat_map(|word| {
            let index = stored_value(word, image);
            tables
                .each_ref()
                .map(|table| table.byte(index, image.signed))
        })
        .collect();
    finished(image, rgb)
}

/// Three samples a pixel as RGB.
pub(super) fn true_colour(image: &Image, decoded: &Decoded) -> Result<DynamicImage, Undecodable> {
    if image.bits_allocated != 8 && image.bits_allocated != 16 {
        return Err(Undecodable {
            reason: "colours are rendered of 8 or 16 bits".into(),
        });
    }
    let bits = u32::from(image.bits_stored);
    let bytes: Vec<u8> = words(image, &decoded.bytes)
        .map(|word| {
            let value = stored_value(word, image) as u64;
            (if bits > 8 { value >> (bits - 8) } else { value }) as u8
        })
        .collect();
    let pixels = usize::try_from(image.pixels()).unwrap_or(usize::MAX);
    let triples: Vec<[u8; 3]> = match decoded.layout.photometric {
        // Two luminances share two chrominances (§C.7.6.3.1.2).
        Photometric::YbrFull422 => bytes
            .chunks_exact(4)
            .flat_map(|four| [[four[0], four[2], four[3]], [four[1], four[2], four[3]]])
            .take(pixels)
            .collect(),
        _ if decoded.layout.planar => (0..bytes.len() / 3)
            .map(|at| [0, 1, 2].map(|plane| bytes[plane * (bytes.len() / 3) + at]))
            .collect(),
        _ => bytes
            .chunks_exact(3)
            .map(|three| [three[0], three[1], three[2]])
            .collect(),
    };
    let rgb = match decoded.layout.photometric {
        Photometric::Rgb => triples.into_iter().flatten().collect(),
        _ => triples.into_iter().flat_map(from_ybr).collect(),
    };
    finished(image, rgb)
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

fn finished(image: &Image, rgb: Vec<u8>) -> Result<DynamicImage, Undecodable> {
    RgbImage::from_raw(image.columns.into(), image.rows.into(), rgb)
        .map(DynamicImage::ImageRgb8)
        .ok_or_else(|| Undecodable {
            reason: "the frame holds too few pixels".into(),
        })
}
