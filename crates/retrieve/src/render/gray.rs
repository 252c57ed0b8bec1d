//! Monochrome frames (PS3.4 §N.2.1).

use image::{DynamicImage, GrayImage};

use super::{
    attributes::{Presentation, WindowFunction},
    stored_value, words,
};
use crate::{
    Rendering, Window,
    pixel::{Decoded, Image, Photometric, Undecodable},
};

/// The frame as 8-bit grays, low ones dark.
pub(super) fn picture(
    image: &Image,
    decoded: &Decoded,
    presentation: &Presentation,
    rendering: &Rendering,
) -> Result<DynamicImage, Undecodable> {
    let pixels = usize::try_from(image.pixels()).unwrap_or(usize::MAX);
    let words = || words(image, &decoded.bytes).take(pixels);
    let voi = Voi::choose(image, presentation, rendering, words());
    let invert = decoded.layout.photometric == Photometric::Monochrome1;
    let gray = |word: u64| {
        let value = modality(stored_value(word, image), image, presentation);
        let gray = voi.gray(value, image.signed);
        if invert { 255 - gray } else { gray }
    };
    let grays: Vec<u8> = if image.bits_allocated <= 16 && pixels > 1 << image.bits_allocated {
        let table: Vec<u8> = (0..1 << image.bits_allocated).map(gray).collect();
        words().map(|word| table[word as usize]).collect()
    } else {
        words().map(gray).collect()
    };
    GrayImage::from_raw(image.columns.into(), image.rows.into(), grays)
        .map(DynamicImage::ImageLuma8)
        .ok_or_else(|| Undecodable {
            reason: "the frame holds too few pixels".into(),
        })
}

/// The value after the modality LUT (PS3.3 §C.11.1).
fn modality(value: i64, image: &Image, presentation: &Presentation) -> f64 {
    match &presentation.modality_table {
        Some(table) => f64::from(table.entry(value, image.signed)),
        None => value as f64 * presentation.slope + presentation.intercept,
    }
}

/// From values to grays (PS3.3 §C.11.2).
#[derive(Debug)]
enum Voi<'p> {
    Window(Window, WindowFunction),
    Table(&'p super::table::Table),
    Range(f64, f64),
}

impl<'p> Voi<'p> {
    /// The window asked for, else the header's, else its table, else the range of the values.
    fn choose(
        image: &Image,
        presentation: &'p Presentation,
        rendering: &Rendering,
        words: impl Iterator<Item = u64>,
    ) -> Self {
        if let Some(window) = rendering.window {
            return Self::Window(window, WindowFunction::Linear);
        }
        if let Some(window) = presentation.window {
            return Self::Window(window, presentation.function);
        }
        if let Some(table) = &presentation.voi_table {
            return Self::Table(table);
        }
        let padding = presentation.padding;
        let values = words
            .map(|word| stored_value(word, image))
            .filter(|value| Some(*value) != padding)
            .map(|value| modality(value, image, presentation));
        let range = values.fold(None, |range, value| match range {
            None => Some((value, value)),
            Some((low, high)) => Some((value.min(low), value.max(high))),
        });
        let (low, high) = range.unwrap_or((0.0, 1.0));
        Self::Range(low, high)
    }

    fn gray(&self, value: f64, signed: bool) -> u8 {
        let share = match *self {
            Self::Range(low, high) if high > low => (value - low) / (high - low),
            Self::Range(..) => 0.5,
            Self::Window(Window { center, width }, WindowFunction::Linear) => {
                let (center, width) = (center - 0.5, (width - 1.0).max(0.0));
                if value <= center - width / 2.0 {
                    0.0
                } else if value > center + width / 2.0 {
                    1.0
                } else {
                    (value - center) / width + 0.5
                }
            }
            Self::Window(Window { center, width }, WindowFunction::LinearExact) => {
                (value - center) / width + 0.5
            }
            Self::Window(Window { center, width }, WindowFunction::Sigmoid) => {
                1.0 / (1.0 + (-4.0 * (value - center) / width).exp())
            }
            Self::Table(table) => {
                let entry = table.entry(value.round() as i64, signed);
                f64::from(entry) / f64::from(table.maximum())
            }
        };
        // A cast of a float to an integer keeps within the integer's range.
        (share * 255.0).round() as u8
    }
}
