//! Numbers that look like chance and are always the same.

/// A well mixed number of a number (the finaliser of SplitMix64).
pub(super) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Noise of mean 0 and standard deviation 1, nearly normal: the sum of eight bytes.
pub(super) fn normal(number: u64) -> f64 {
    let sum: u32 = mix(number)
        .to_le_bytes()
        .iter()
        .map(|b| u32::from(*b))
        .sum();
    (f64::from(sum) - 1020.0) / 209.0
}

/// A number from 0 to 1.
pub(super) fn unit(number: u64) -> f64 {
    (mix(number) >> 11) as f64 / (1u64 << 53) as f64
}
