//! From the text of a matching key to how it matches (PS3.4 §C.2.2.2), for C-FIND and QIDO alike.

use dataset::VR;
use model::{Uid, search::Matching};

/// Why a text is no matching key of its value representation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no matching key of value representation {vr}")]
pub struct InvalidMatching {
    text: String,
    vr: &'static str,
}

/// Reads the text of a key of value representation `vr`; none is universal matching: an empty text,
/// or nothing but `*`. Values of a list are separated by backslashes, UIDs and code strings also by
/// commas (PS3.18 §8.3.4.1). Fails for dates, times, numbers and UIDs that are none, and for
/// value representations that are not matched.
pub fn matching(vr: VR, text: &str) -> Result<Option<Matching>, InvalidMatching> {
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    if text.chars().all(|c| c == '*') {
        return Ok(None);
    }
    let invalid = || InvalidMatching {
        text: text.chars().take(80).collect(),
        vr: vr.to_string(),
    };
    let matching = match vr {
        VR::UI => listed(text, &['\\', ','], &|uid| {
            Uid::new(uid).ok().map(|uid| uid.as_str().to_owned())
        }),
        VR::DA => ranged(text, &date),
        VR::TM => ranged(text, &time),
        VR::DT => date_time(text),
        VR::IS | VR::DS | VR::US | VR::UL | VR::UV | VR::SS | VR::SL | VR::SV | VR::FL | VR::FD => {
            listed(text, &['\\', ','], &number)
        }
        VR::CS => listed_text(text, &['\\', ',']),
        VR::AE | VR::AS | VR::LO | VR::PN | VR::SH | VR::UC => listed_text(text, &['\\']),
        VR::LT | VR::ST | VR::UT | VR::UR => listed_text(text, &[]),
        _ => None,
    };
    matching.map(Some).ok_or_else(invalid)
}

fn values<'t>(text: &'t str, separators: &[char]) -> Vec<&'t str> {
    text.split(separators)
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .collect()
}

/// A value or a list of values, each read by `read`.
fn listed(
    text: &str,
    separators: &[char],
    read: &dyn Fn(&str) -> Option<String>,
) -> Option<Matching> {
    let mut read: Vec<String> = values(text, separators)
        .into_iter()
        .map(read)
        .collect::<Option<_>>()?;
    match read.len() {
        0 => None,
        1 => read.pop().map(Matching::Single),
        _ => Some(Matching::List(read)),
    }
}

/// The same of text, which may hold wildcards where it is alone.
fn listed_text(text: &str, separators: &[char]) -> Option<Matching> {
    let mut found = values(text, separators);
    match found.len() {
        0 => None,
        1 => found.pop().map(|value| {
            if value.contains(['*', '?']) {
                Matching::Wildcard(value.to_owned())
            } else {
                Matching::Single(value.to_owned())
            }
        }),
        _ => Some(Matching::List(
            found.into_iter().map(str::to_owned).collect(),
        )),
    }
}

/// A value, a list, or a range with `-` (PS3.4 §C.2.2.2.5), each end read by `read`.
fn ranged(text: &str, read: &dyn Fn(&str) -> Option<String>) -> Option<Matching> {
    let Some((low, high)) = text.split_once('-') else {
        return listed(text, &['\\', ','], read);
    };
    let end = |text: &str| match text.trim() {
        "" => Some(None),
        text => read(text).map(Some),
    };
    match (end(low)?, end(high)?) {
        (None, None) => None,
        (low, high) => Some(Matching::Range(low, high)),
    }
}

fn in_range(digits: Option<&str>, most: u32) -> bool {
    digits.is_none_or(|digits| digits.parse::<u32>().is_ok_and(|number| number <= most))
}

/// A date as `YYYYMMDD`; `YYYY-MM-DD` cannot be told from a range, `YYYY.MM.DD` is the old form.
fn date(text: &str) -> Option<String> {
    let digits = match text.split('.').collect::<Vec<_>>().as_slice() {
        [whole] => (*whole).to_owned(),
        [year, month, day] if year.len() == 4 && month.len() == 2 && day.len() == 2 => {
            [*year, *month, *day].concat()
        }
        _ => return None,
    };
    let numeric = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    (numeric
        && in_range(digits.get(4..6), 12)
        && in_range(digits.get(6..8), 31)
        && digits.get(4..6) != Some("00")
        && digits.get(6..8) != Some("00"))
    .then_some(digits)
}

/// A time as `HH`, `HHMM`, `HHMMSS` or `HHMMSS.F` to six places; colons are the old form.
fn time(text: &str) -> Option<String> {
    let text = text.replace(':', "");
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text.as_str(), None),
    };
    let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let valid = matches!(whole.len(), 2 | 4 | 6)
        && numeric(whole)
        && in_range(whole.get(0..2), 23)
        && in_range(whole.get(2..4), 59)
        && in_range(whole.get(4..6), 60)
        && fraction.is_none_or(|fraction| {
            whole.len() == 6 && (1..=6).contains(&fraction.len()) && numeric(fraction)
        });
    valid.then(|| text.clone())
}

/// A moment or a range of moments. A `-` before four digits at the end of a moment is its offset
/// from UTC.
fn date_time(text: &str) -> Option<Matching> {
    let moment = |text: &str| {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let rest = text[digits..].bytes();
        let numeric = rest
            .into_iter()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-'));
        ((4..=14).contains(&digits) && numeric).then(|| text.to_owned())
    };
    for (at, _) in text.match_indices('-') {
        let (low, high) = (text[..at].trim(), text[at + 1..].trim());
        if high.len() == 4 && !low.is_empty() && !low.contains('-') && low.len() > 8 {
            continue;
        }
        let end = |text: &str| match text {
            "" => Some(None),
            text => moment(text).map(Some),
        };
        match (end(low), end(high)) {
            (Some(None), Some(None)) => return None,
            (Some(low), Some(high)) => return Some(Matching::Range(low, high)),
            _ => {}
        }
    }
    moment(text).map(Matching::Single)
}

fn number(text: &str) -> Option<String> {
    text.parse::<f64>()
        .is_ok_and(f64::is_finite)
        .then(|| text.trim_start_matches('+').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn single(text: &str) -> Option<Matching> {
        Some(Matching::Single(text.into()))
    }

    fn list(texts: &[&str]) -> Option<Matching> {
        Some(Matching::List(
            texts.iter().map(|text| (*text).into()).collect(),
        ))
    }

    fn range(low: &str, high: &str) -> Option<Matching> {
        let end = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Some(Matching::Range(end(low), end(high)))
    }

    #[test]
    fn keys_read_by_their_value_representation() {
        let table = [
            (VR::PN, "", None),
            (VR::PN, "*", None),
            (VR::LO, " ** ", None),
            (VR::PN, "*张三*", Some(Matching::Wildcard("*张三*".into()))),
            (VR::PN, "DOE^JOHN ", single("DOE^JOHN")),
            (VR::PN, "Doe, John", single("Doe, John")),
            (VR::UI, "1.2.3", single("1.2.3")),
            (VR::UI, "1.2\\1.3,1.4", list(&["1.2", "1.3", "1.4"])),
            (VR::UI, "1.2\0", single("1.2")),
            (VR::CS, "CT\\MR", list(&["CT", "MR"])),
            (VR::CS, "CT,MR", list(&["CT", "MR"])),
            (VR::DA, "20230131", single("20230131")),
            (VR::DA, "2023.01.31", single("20230131")),
            (VR::DA, "20230101-20230131", range("20230101", "20230131")),
            (VR::DA, "-20230131", range("", "20230131")),
            (VR::DA, "20230101-", range("20230101", "")),
            (VR::TM, "10", single("10")),
            (VR::TM, "10:30-11", range("1030", "11")),
            (VR::TM, "103000.5", single("103000.5")),
            (VR::DT, "20230101-20230131", range("20230101", "20230131")),
            (VR::DT, "20230101120000-0500", single("20230101120000-0500")),
            (VR::IS, "7", single("7")),
            (VR::IS, "1\\2", list(&["1", "2"])),
            (VR::LT, "a\\b", single("a\\b")),
        ];
        for (vr, text, expected) in table {
            assert_eq!(matching(vr, text), Ok(expected), "{vr} {text:?}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for (vr, text) in [
            (VR::DA, "today"),
            (VR::DA, "20231301"),
            (VR::DA, "20230100"),
            (VR::DA, "-"),
            (VR::DA, "2023-01-31"),
            (VR::TM, "2500"),
            (VR::TM, "1"),
            (VR::TM, "10.5"),
            (VR::UI, "1.2.x"),
            (VR::UI, "1..2"),
            (VR::IS, "seven"),
            (VR::DS, "NaN"),
            (VR::OB, "x"),
            (VR::SQ, "x"),
        ] {
            assert!(matching(vr, text).is_err(), "{vr} {text:?}");
        }
    }
}
