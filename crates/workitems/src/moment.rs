//! Dates and times with a precision (PS3.5 §6.2, VR DT), as matching compares them.

use time::{Date, Month, OffsetDateTime, Time, macros::format_description};

/// A moment as it is written: what it begins and ends with on the clock of its place, and how far
/// that is from UTC, where it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Microseconds since 1970 on the clock of the place.
    pub(crate) first: i64,
    /// The last microsecond of its precision.
    pub(crate) last: i64,
    /// Microseconds that the clock is ahead of UTC.
    pub(crate) offset: Option<i64>,
}

const SECOND: i64 = 1_000_000;

impl Moment {
    /// Reads `YYYY[MM[DD[HH[MM[SS[.F…]]]]]][±ZZXX]`; none if it is no moment.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (clock, offset) = match text.find(['+', '-']) {
            Some(at) => (&text[..at], Some(offset(&text[at..])?)),
            None => (text, None),
        };
        let (whole, fraction) = match clock.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (clock, None),
        };
        let (first, last) = whole_parts(whole)?;
        let Some(fraction) = fraction else {
            return Some(Self {
                first,
                last,
                offset,
            });
        };
        if whole.len() != 14 || !(1..=6).contains(&fraction.len()) {
            return None;
        }
        let step = 10_i64.pow(6 - u32::try_from(fraction.len()).ok()?);
        let first = first + digits(fraction)? * step;
        Some(Self {
            first,
            last: first + step - 1,
            offset,
        })
    }

    /// How far this moment's clock is moved to compare it with `key`: where the key says how far it
    /// is from UTC, both are taken to UTC; a moment that does not say so is UTC. Where the key does
    /// not say so, it means the clock of the place.
    pub(crate) fn against(self, key: Self) -> i64 {
        match key.offset {
            Some(_) => self.first - self.offset.unwrap_or(0),
            None => self.first,
        }
    }
}

/// `YYYYMMDDHHMMSS` of the beginning of a text's moment, on the clock of its place; empty when it is
/// no moment.
pub(crate) fn sortable(text: &str) -> String {
    Moment::parse(text).map_or_else(String::new, |moment| digits_of(moment.first))
}

/// Microseconds on a clock as `YYYYMMDDHHMMSS`.
pub(crate) fn digits_of(micros: i64) -> String {
    let format = format_description!("[year][month][day][hour][minute][second]");
    OffsetDateTime::from_unix_timestamp(micros.div_euclid(SECOND))
        .ok()
        .and_then(|moment| moment.format(format).ok())
        .unwrap_or_default()
}

/// A moment as a value of VR DT, UTC.
pub(crate) fn written(moment: OffsetDateTime) -> String {
    let format =
        format_description!("[year][month][day][hour][minute][second].[subsecond digits:6]+0000");
    moment.format(format).unwrap_or_default()
}

fn digits(text: &str) -> Option<i64> {
    let numeric = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    numeric.then(|| text.parse().ok()).flatten()
}

fn offset(text: &str) -> Option<i64> {
    let (sign, rest) = text.split_at_checked(1)?;
    let (hours, minutes) = rest.split_at_checked(2)?;
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    let size = (hours * 60 + minutes) * 60 * SECOND;
    let valid = rest.len() == 4 && hours <= 14 && minutes < 60;
    valid.then_some(if sign == "-" { -size } else { size })
}

/// The first and the last microsecond of a text of whole digits.
fn whole_parts(text: &str) -> Option<(i64, i64)> {
    if ![4, 6, 8, 10, 12, 14].contains(&text.len()) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to).map(digits);
    let pair = |from: usize| match part(from, from + 2) {
        Some(read) => read.map(Some),
        None => Some(None),
    };
    let year = i32::try_from(digits(text.get(..4)?)?).ok()?;
    let (month, day) = (pair(4)?, pair(6)?);
    let (hour, minute, second) = (pair(8)?, pair(10)?, pair(12)?);
    let micros = |month: i64, day: i64, hour: i64, minute: i64, second: i64| {
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let date = Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()?;
        // A leap second is the last one of its minute here.
        let second = u8::try_from(second.min(59)).ok()?;
        let (hour, minute) = (u8::try_from(hour).ok()?, u8::try_from(minute).ok()?);
        let time = Time::from_hms(hour, minute, second).ok()?;
        Some(date.with_time(time).assume_utc().unix_timestamp() * SECOND)
    };
    if second.is_some_and(|second| second > 60) {
        return None;
    }
    let first = micros(
        month.unwrap_or(1),
        day.unwrap_or(1),
        hour.unwrap_or(0),
        minute.unwrap_or(0),
        second.unwrap_or(0),
    )?;
    let last_month = month.unwrap_or(12);
    let length = Month::try_from(u8::try_from(last_month).ok()?)
        .ok()?
        .length(year);
    let last = micros(
        last_month,
        day.unwrap_or(length.into()),
        hour.unwrap_or(23),
        minute.unwrap_or(59),
        second.unwrap_or(59),
    )?;
    Some((first, last + SECOND - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_as_long_as_it_is_precise() {
        let length = |text: &str| {
            let moment = Moment::parse(text).unwrap();
            moment.last - moment.first + 1
        };
        let day = 24 * 60 * 60 * SECOND;
        assert_eq!(length("2024"), 366 * day);
        assert_eq!(length("202402"), 29 * day);
        assert_eq!(length("20240229"), day);
        assert_eq!(length("2024022910"), day / 24);
        assert_eq!(length("20240229101500"), SECOND);
        assert_eq!(length("20240229101500.5"), SECOND / 10);
        assert_eq!(length("20240229101500.123456+0800"), 1);
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for text in [
            "",
            "202",
            "20240230",
            "2024023",
            "2024022925",
            "20240229101561",
            "20240229.5",
            "20240229+08",
            "20240229101500.1234567",
            "now",
            "2024022910150ä",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_column_sorts_like_the_clock() {
        assert_eq!(sortable("202402"), "20240201000000");
        assert_eq!(sortable("20240229101500.25-0500"), "20240229101500");
        assert_eq!(sortable("soon"), "");
    }
}
