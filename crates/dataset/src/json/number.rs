//! Which decimal strings are JSON numbers (PS3.18 §F.2.3).

use dicom_core::VR;

/// The largest integer that every reader of JSON takes exactly.
pub(super) const SAFE: u64 = 1 << 53;

/// The number that a DS or IS value is.
pub(super) enum Exact {
    Integer(i64),
    Decimal(f64),
}

/// The number that JSON can say exactly; none: the text must stand for itself.
pub(super) fn exact(text: &str, vr: VR) -> Option<Exact> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    if let Ok(integer) = digits.parse::<i64>() {
        // A minus before zero would be lost.
        let kept = integer.unsigned_abs() <= SAFE && !text.starts_with("-0");
        return kept.then_some(Exact::Integer(integer));
    }
    (vr == VR::DS && is_exact(digits))
        .then(|| digits.parse().ok())?
        .filter(|number: &f64| number.is_finite())
        .map(Exact::Decimal)
}

/// Whether a text is a decimal number of at most 15 digits, which a double holds exactly enough to
/// be printed back, and of a common exponent.
fn is_exact(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    let significant = digits().skip_while(|&digit| digit == b'0').count();
    digits().all(|digit| digit.is_ascii_digit())
        && digits().next().is_some()
        && significant <= 15
        && exponent
            .strip_prefix('+')
            .unwrap_or(exponent)
            .parse::<i32>()
            .is_ok_and(|exponent| exponent.abs() < 200)
}
