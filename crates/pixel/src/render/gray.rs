//! Monochrome frames (PS3.4 §N.2.1).

use image::{DynamicImage, GrayImage};

use super::{
    Rendering, Window,
    attributes::{Presentation, WindowFunction},
    values,
};
use crate::{Frame, Photometric, PixelError};

/// The frame as 8-bit grays, low ones dark.
pub(super) fn picture(
    frame: &Frame,
    presentation: &Presentation,
    rendering: &Rendering,
) -> Result<DynamicImage, PixelError> {
    let signed = frame.samples.is_signed();
    let voi = Voi::choose(frame, presentation, rendering);
    let invert = frame.photometric == Photometric::Monochrome1;
    let gray = |value: f64| {
        let gray = voi.gray(modality(value, signed, presentation), signed);
        if invert { 255 - gray } else { gray }
    };
    let few = frame.bits_stored <= 16 && !frame.samples.is_float();
    let grays: Vec<u8> = if few && frame.pixels() > 1 << frame.bits_stored {
        let lowest = if signed {
            -f64::from(1 << (frame.bits_stored - 1))
        } else {
            0.0
        };
        let table: Vec<u8> = (0..1 << frame.bits_stored)
            .map(|index| gray(f64::from(index) + lowest))
            .collect();
        values(&frame.samples)
            .map(|value| table[(value - lowest) as usize])
            .collect()
    } else {
        values(&frame.samples).map(gray).collect()
    };
    GrayImage::from_raw(frame.columns, frame.rows, grays)
        .map(DynamicImage::ImageLuma8)
        .ok_or_else(|| PixelError::damaged("the frame holds too few pixels"))
}

/// The value after the modality LUT (PS3.3 §C.11.1).
fn modality(value: f64, signed: bool, presentation: &Presentation) -> f64 {
    match &presentation.modality_table {
        Some(table) => f64::from(table.entry(value as i64, signed)),
        None => value * presentation.slope + presentation.intercept,
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
    fn choose(frame: &Frame, presentation: &'p Presentation, rendering: &Rendering) -> Self {
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
        let signed = frame.samples.is_signed();
        let values = values(&frame.samples)
            .filter(|value| Some(*value as i64) != padding)
            .map(|value| modality(value, signed, presentation));
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
