//! From stored values to grays: modality LUT, VOI LUT, presentation LUT (PS3.3 §C.11, PS3.4 §N.2).

use super::{
    attributes::{Modality, Padding, Presentation, PresentationLut},
    sample::{self, each},
    settings::{Rendering, Window, WindowFunction},
    table::Table,
};
use crate::{Frame, Samples};

/// From values after the modality LUT to shares of white (PS3.3 §C.11.2).
#[derive(Clone, Copy, Debug)]
pub(super) enum Voi<'p> {
    Window(Window),
    Table(&'p Table),
    /// From the lowest to the highest value.
    Range(f64, f64),
}

impl<'p> Voi<'p> {
    /// The window asked for, else one of the presentation's, else one of its tables; none: there is
    /// none of them.
    pub(super) fn given(presentation: &'p Presentation, rendering: &Rendering) -> Option<Self> {
        if let Some(window) = rendering.window.filter(Window::is_valid) {
            return Some(Self::Window(window));
        }
        let windows = presentation.windows.iter().copied().map(Self::Window);
        let tables = presentation.tables.iter().map(Self::Table);
        let mut views = windows.chain(tables);
        let first = views.next();
        match rendering.view {
            0 => first,
            view => views.nth(view - 1).or(first),
        }
    }

    /// From the lowest to the highest value of a frame, padding left out. `frame`: of stored values.
    pub(super) fn of_range(frame: &Frame, presentation: &Presentation) -> Self {
        // Of bits both values, whichever of them the frame has.
        let bits = Samples::U8(vec![0, 1]);
        let range = match frame.bits_stored {
            1 => range(&bits, &presentation.modality, None),
            _ => range(&frame.samples, &presentation.modality, presentation.padding),
        };
        let (low, high) = range.unwrap_or((0.0, 1.0));
        Self::Range(low, high)
    }

    /// The share of white of a value, from 0 to 1.
    pub(super) fn share(&self, value: f64) -> f64 {
        let share = match *self {
            Self::Range(low, high) if high > low => (value - low) / (high - low),
            Self::Range(..) => 0.5,
            Self::Window(Window {
                center,
                width,
                function,
            }) => match function {
                WindowFunction::Linear => {
                    let (center, width) = (center - 0.5, width - 1.0);
                    if value <= center - width / 2.0 {
                        0.0
                    } else if value > center + width / 2.0 {
                        1.0
                    } else {
                        (value - center) / width + 0.5
                    }
                }
                WindowFunction::LinearExact => (value - center) / width + 0.5,
                WindowFunction::Sigmoid => 1.0 / (1.0 + (-4.0 * (value - center) / width).exp()),
            },
            Self::Table(table) => {
                f64::from(table.entry(value.round() as i64)) / f64::from(table.maximum())
            }
        };
        share.clamp(0.0, 1.0)
    }

    /// Where it is a line: the value that is black, and how many values later white is.
    pub(super) fn line(&self) -> Option<(f64, f64)> {
        let (low, span) = match *self {
            Self::Window(Window {
                center,
                width,
                function,
            }) => match function {
                WindowFunction::Linear => (center - 0.5 - (width - 1.0) / 2.0, width - 1.0),
                WindowFunction::LinearExact => (center - width / 2.0, width),
                WindowFunction::Sigmoid => return None,
            },
            Self::Range(low, high) => (low, high - low),
            Self::Table(_) => return None,
        };
        (span > 0.0).then_some((low, span))
    }
}

impl Modality {
    /// The value after the modality LUT (PS3.3 §C.11.1).
    pub(super) fn value(&self, stored: f64) -> f64 {
        match self {
            Self::Table(table) => f64::from(table.entry(stored as i64)),
            Self::Rescale { slope, intercept } => stored * slope + intercept,
        }
    }
}

impl PresentationLut {
    /// The gray of a share of white (PS3.3 §C.11.6, §C.11.4).
    pub(super) fn gray(&self, share: f64) -> u8 {
        // A cast of a float to an integer keeps within the integer's range.
        let level = |share: f64| (share * 255.0).round() as u8;
        match self {
            Self::Identity => level(share),
            Self::Inverse => 255 - level(share),
            Self::Table(table) => {
                level(f64::from(table.at_share(share)) / f64::from(table.maximum()))
            }
        }
    }
}

/// The lowest and the highest value after the modality LUT, padding left out; none where there is
/// nothing else.
fn range(samples: &Samples, modality: &Modality, padding: Option<Padding>) -> Option<(f64, f64)> {
    match modality {
        Modality::Rescale { .. } => {
            let (low, high) = each!(samples, values => sample::range(values, padding))?;
            let (a, b) = (modality.value(low), modality.value(high));
            Some((a.min(b), a.max(b)))
        }
        Modality::Table(_) => {
            let mapped: Vec<f64> = each!(samples, values => values
                .iter()
                .map(|&value| sample::Sample::value(value))
                .filter(|&value| padding.is_none_or(|padding| !padding.holds(value)))
                .map(|value| modality.value(value))
                .collect());
            sample::range(&mapped, None)
        }
    }
}
