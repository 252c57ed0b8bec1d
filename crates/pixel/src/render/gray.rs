//! Gray frames (PS3.4 §N.2.1): each stored value through modality, VOI and presentation LUT.

use super::{
    attributes::{Modality, Presentation, PresentationLut},
    ramp::Ramp,
    sample::{Sample, each},
    settings::Rendering,
    voi::Voi,
};
use crate::{Frame, Samples};

/// The frame's grays, a byte a pixel.
#[expect(
    clippy::unnecessary_cast,
    reason = "one of the sample types is i64 itself"
)]
pub(super) fn grays(frame: Frame, presentation: &Presentation, rendering: &Rendering) -> Vec<u8> {
    let voi = Voi::given(presentation, rendering);
    if let Some(ramp) = voi.and_then(|voi| ramp(presentation, &voi)) {
        // The bits beside the value are shifted out in the same loop.
        let ramp = ramp.of_raw(&frame);
        match &frame.samples {
            Samples::U16(samples) => return ramp.grays(samples),
            Samples::I16(samples) => return ramp.grays(samples),
            _ => {}
        }
    }
    let frame = frame.into_stored_values();
    let voi = voi.unwrap_or_else(|| Voi::of_range(&frame, presentation));
    match (ramp(presentation, &voi), &frame.samples) {
        (Some(ramp), Samples::U16(samples)) => return ramp.grays(samples),
        (Some(ramp), Samples::I16(samples)) => return ramp.grays(samples),
        _ => {}
    }
    let lut = &presentation.lut;
    let gray = |stored: f64| lut.gray(voi.share(presentation.modality.value(stored)));
    let bits = frame.bits_stored;
    let tabled = bits <= 16 && !frame.samples.is_float() && frame.pixels() > 1 << bits;
    if !tabled {
        return each!(&frame.samples, samples => samples.iter().map(|sample| gray(sample.value())).collect());
    }
    let lowest = if frame.samples.is_signed() {
        -(1_i64 << (bits - 1))
    } else {
        0
    };
    let table: Vec<u8> = (0..1_i64 << bits)
        .map(|index| gray((index + lowest) as f64))
        .collect();
    // Stored values are of `bits` bits: each has its place.
    each!(&frame.samples, samples => samples
        .iter()
        .map(|&sample| table[(sample as i64 - lowest) as usize])
        .collect())
}

/// The whole way as one line, where it is one.
fn ramp(presentation: &Presentation, voi: &Voi<'_>) -> Option<Ramp> {
    let (low, span) = voi.line()?;
    let inverted = match presentation.lut {
        PresentationLut::Identity => false,
        PresentationLut::Inverse => true,
        PresentationLut::Table(_) => return None,
    };
    let (factor, intercept) = match presentation.modality {
        Modality::Rescale { slope, intercept } if slope != 0.0 => (slope, intercept),
        _ => return None,
    };
    Some(Ramp {
        above: 0,
        down: 0,
        low: ((low - intercept) / factor) as f32,
        slope: (255.0 * factor / span) as f32,
        inverted,
    })
}
