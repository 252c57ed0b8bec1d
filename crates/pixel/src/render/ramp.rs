//! Linear grays of 16-bit samples: the one inner loop of most renderings, for AVX2 and without.
#![expect(
    unsafe_code,
    reason = "instructions that the processor was asked for, and a cast that was bounded before"
)]

use crate::Frame;

/// From words to grays along a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ramp {
    /// Bits of a word above High Bit, and those that are no part of the value (PS3.5 §8.1.1).
    pub(super) above: u32,
    pub(super) down: u32,
    /// The stored value that is black.
    pub(super) low: f32,
    /// Grays, of 255, a stored value.
    pub(super) slope: f32,
    /// Black and white change places.
    pub(super) inverted: bool,
}

/// A word that a ramp may be of.
pub(super) trait Word: Copy {
    /// Its value, once it was shifted up and down.
    fn value(self, above: u32, down: u32) -> f32;
}

impl Word for u16 {
    #[inline(always)]
    fn value(self, above: u32, down: u32) -> f32 {
        f32::from(self.wrapping_shl(above).wrapping_shr(down))
    }
}

impl Word for i16 {
    #[inline(always)]
    fn value(self, above: u32, down: u32) -> f32 {
        f32::from(self.wrapping_shl(above).wrapping_shr(down))
    }
}

impl Ramp {
    /// The same of a frame's words as they are, with what else they may hold.
    pub(super) fn of_raw(self, frame: &Frame) -> Self {
        let width = (frame.samples.width() * 8) as u32;
        let high = u32::from(frame.high_bit).min(width - 1);
        let bits = u32::from(frame.bits_stored).clamp(1, high + 1);
        Self {
            above: width - 1 - high,
            down: width - bits,
            ..self
        }
    }

    /// The grays of samples: `(value − low) · slope`, kept within 0 and 255 and rounded.
    pub(super) fn grays<W: Word>(&self, samples: &[W]) -> Vec<u8> {
        let mut grays = vec![0; samples.len()];
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the processor has just said that it has both.
            unsafe { avx2(self, samples, &mut grays) };
            return grays;
        }
        scalar(self, samples, &mut grays);
        grays
    }
}

/// The same loop, compiled for processors with AVX2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<W: Word>(ramp: &Ramp, samples: &[W], grays: &mut [u8]) {
    scalar(ramp, samples, grays);
}

/// The reference; inlined into what is compiled for a processor. The multiplication and the addition
/// are rounded each, with AVX2 too, so that all machines draw the same picture.
#[inline(always)]
fn scalar<W: Word>(ramp: &Ramp, samples: &[W], grays: &mut [u8]) {
    let &Ramp {
        above,
        down,
        low,
        slope,
        inverted,
    } = ramp;
    let mask = if inverted { 255 } else { 0 };
    for (gray, sample) in grays.iter_mut().zip(samples) {
        let level = (sample.value(above, down) - low) * slope + 0.5;
        // Not `clamp`: what is no number must become one, and in one instruction.
        let level = if level > 0.0 { level } else { 0.0 };
        let level = if level < 255.5 { level } else { 255.5 };
        // SAFETY: it lies between 0 and 255.5, and is a number: a comparison with another fails.
        let level = unsafe { level.to_int_unchecked::<i32>() };
        *gray = level as u8 ^ mask;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_processor_does_is_what_the_reference_says() {
        let ramps = [
            (0, 0, -160.0, 255.0 / 399.0),
            (4, 4, 1024.5, 0.062_27),
            (0, 4, 100.0, -0.5),
            (0, 0, 7.0, f32::INFINITY),
            (0, 0, f32::NAN, 1.0),
        ];
        for (index, (above, down, low, slope)) in ramps.into_iter().enumerate() {
            let ramp = Ramp {
                above,
                down,
                low,
                slope,
                inverted: index % 2 == 1,
            };
            // An odd length: the loop has a rest.
            let unsigned: Vec<u16> = (0..u16::MAX).collect();
            let mut expected = vec![0; unsigned.len()];
            scalar(&ramp, &unsigned, &mut expected);
            assert!(ramp.grays(&unsigned) == expected, "{ramp:?}");
            let signed: Vec<i16> = (i16::MIN..i16::MAX).collect();
            scalar(&ramp, &signed, &mut expected);
            assert!(ramp.grays(&signed) == expected, "{ramp:?}");
        }
    }

    #[test]
    fn a_ramp_is_within_a_rounding_of_the_formula() {
        // PS3.3 §C.11.2.1.2.1, centre 40, width 400.
        let ramp = Ramp {
            above: 0,
            down: 0,
            low: -160.0,
            slope: 255.0 / 399.0,
            inverted: false,
        };
        let values: Vec<i16> = (-2000..3000).collect();
        for (gray, value) in ramp.grays(&values).into_iter().zip(values) {
            let exact = ((f64::from(value) - 39.5) / 399.0 + 0.5) * 255.0;
            let exact = exact.clamp(0.0, 255.0);
            assert!((f64::from(gray) - exact).abs() <= 0.500_1, "{value}");
        }
    }
}
