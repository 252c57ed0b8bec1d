//! Samples of any word, as numbers.

use super::attributes::Padding;

/// A sample of any word.
pub(super) trait Sample: Copy + PartialOrd {
    /// Its value; of 64 bits the nearest.
    fn value(self) -> f64;
}

macro_rules! samples {
    ($($word:ty),*) => {
        $(impl Sample for $word {
            #[inline(always)]
            fn value(self) -> f64 {
                self as f64
            }
        })*
    };
}
samples!(u8, i8, u16, i16, u32, i32, u64, i64, f32, f64);

/// Evaluates `$body` with `$values` bound to the vector of any kind of samples.
macro_rules! each {
    ($samples:expr, $values:ident => $body:expr) => {
        match $samples {
            crate::Samples::U8($values) => $body,
            crate::Samples::I8($values) => $body,
            crate::Samples::U16($values) => $body,
            crate::Samples::I16($values) => $body,
            crate::Samples::U32($values) => $body,
            crate::Samples::I32($values) => $body,
            crate::Samples::U64($values) => $body,
            crate::Samples::I64($values) => $body,
            crate::Samples::F32($values) => $body,
            crate::Samples::F64($values) => $body,
        }
    };
}
pub(super) use each;

/// The lowest and the highest sample that is a number and no padding.
pub(super) fn range<S: Sample>(samples: &[S], padding: Option<Padding>) -> Option<(f64, f64)> {
    let counts = |sample: S| {
        let value = sample.value();
        value.is_finite() && padding.is_none_or(|padding| !padding.holds(value))
    };
    let first = samples.iter().copied().find(|&sample| counts(sample))?;
    let (mut low, mut high) = (first, first);
    let plain = padding.is_none() && size_of::<S>() <= 2;
    for &sample in samples {
        // Without padding, integers need no more than two comparisons.
        if plain || counts(sample) {
            low = if sample < low { sample } else { low };
            high = if sample > high { sample } else { high };
        }
    }
    Some((low.value(), high.value()))
}
