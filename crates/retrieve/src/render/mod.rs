//! Frames as images for any browser: modality LUT, VOI LUT, colours, size (PS3.3 §C.11, PS3.4 §N.2).

mod attributes;
mod colour;
mod encode;
mod gray;
mod table;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use database::InstanceRow;
use image::DynamicImage;

use crate::{
    Rendered, Rendering, RetrieveError,
    decoding::Decoding,
    frames,
    pixel::{Decoded, Image, Photometric, Undecodable},
    scan,
    source::Source,
};
use attributes::Presentation;

/// Frame `index0` of `row`, rendered.
pub(crate) async fn rendered(
    decoding: &Decoding,
    source: &Source,
    row: &InstanceRow,
    index0: u32,
    rendering: &Rendering,
) -> Result<Rendered, RetrieveError> {
    let not_renderable = |Undecodable { reason }| RetrieveError::NotRenderable { reason };
    if row.frame_count == 0 {
        return Err(RetrieveError::NotRenderable {
            reason: "the instance has no pixel data".into(),
        });
    }
    frames::existing(row, index0)?;
    let header = scan::before_pixels(source, row).await?;
    let presentation = Presentation::read(source, &header, index0, decoding.limit()).await?;
    let pixels = frames::pixels_of(decoding, source, row, &header, index0).await?;
    let (image, decoded) = pixels.map_err(not_renderable)?;
    let (rendering, limit) = (*rendering, decoding.limit());
    let bytes = decoding
        .work(move || {
            let picture = picture(&image, &decoded, &presentation, &rendering)?;
            encode::encode(picture, &rendering, limit)
        })
        .await?;
    Ok(Rendered {
        bytes: bytes.map_err(not_renderable)?.into(),
        format: rendering.format,
    })
}

/// The frame as 8-bit gray or RGB.
fn picture(
    image: &Arc<Image>,
    decoded: &Decoded,
    presentation: &Presentation,
    rendering: &Rendering,
) -> Result<DynamicImage, Undecodable> {
    match (&decoded.layout.photometric, image.samples) {
        (Photometric::Monochrome1 | Photometric::Monochrome2, 1) => {
            gray::picture(image, decoded, presentation, rendering)
        }
        (Photometric::Palette, 1) => colour::palette(image, decoded, presentation),
        (Photometric::Rgb | Photometric::YbrFull | Photometric::YbrFull422, 3) => {
            colour::true_colour(image, decoded)
        }
        (other, samples) => Err(Undecodable {
            reason: format!(
                "photometric interpretation {:?} with {samples} samples",
                other.term()
            ),
        }),
    }
}

/// The stored value of a sample: Bits Stored bits up to High Bit, with their sign
/// (PS3.5 §8.1.1).
fn stored_value(word: u64, image: &Image) -> i64 {
    let bits = u32::from(image.bits_stored.clamp(1, 63));
    let lowest = u32::from(image.high_bit + 1).saturating_sub(bits);
    let value = (word >> lowest) & ((1 << bits) - 1);
    if image.signed && value >> (bits - 1) == 1 {
        value as i64 - (1 << bits)
    } else {
        value as i64
    }
}

/// The words of a frame, one a sample.
fn words<'f>(image: &Image, bytes: &'f [u8]) -> Box<dyn Iterator<Item = u64> + 'f> {
    let little = |bytes: &[u8]| {
        let number = |number, byte: &u8| number << 8 | u64::from(*byte);
        bytes.iter().rev().fold(0, number)
    };
    match image.bits_allocated {
        1 => {
            let bits = |byte: &u8| {
                let byte = *byte;
                (0..8).map(move |bit| u64::from(byte >> bit & 1))
            };
            Box::new(bytes.iter().flat_map(bits))
        }
        8 => Box::new(bytes.iter().map(|byte| u64::from(*byte))),
        bits => Box::new(bytes.chunks_exact(usize::from(bits / 8).max(1)).map(little)),
    }
}
