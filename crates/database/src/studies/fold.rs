//! Attribute values in the form that columns hold and matching compares: person names folded
//! (PS3.4 §C.2.2.2.1: without regard to case or accents), dates and times in one form.

use serde_json::{Map, Value};

/// The names of an attribute, all values and all component groups, as `=group=group=`: lower case,
/// without diacritics and trailing carets. Behind the groups of a value, those that are not ASCII
/// stand a second time without carets, so that `张三` finds `张^三`.
pub(crate) fn names(attributes: &Map<String, Value>, tag: &str) -> String {
    let mut folded = String::new();
    for value in values(attributes, tag) {
        let Some(groups) = value.as_object() else {
            continue;
        };
        let mut joined = Vec::new();
        for key in ["Alphabetic", "Ideographic", "Phonetic"] {
            let group = name(groups.get(key).and_then(Value::as_str).unwrap_or_default());
            if group.is_empty() {
                continue;
            }
            push_group(&mut folded, &group);
            if !group.is_ascii() && group.contains('^') {
                joined.push(group.replace('^', ""));
            }
        }
        // A key of several groups is matched as a whole: nothing stands between them.
        for group in joined {
            push_group(&mut folded, &group);
        }
    }
    folded
}

fn push_group(folded: &mut String, group: &str) {
    if folded.is_empty() {
        folded.push('=');
    }
    folded.push_str(group);
    folded.push('=');
}

/// One component group of a person name as matching compares it: lower case, without diacritics and
/// trailing carets.
pub fn name(group: &str) -> String {
    let lower: String = group
        .chars()
        .flat_map(char::to_lowercase)
        .map(without_diacritic)
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}'))
        .collect();
    let parts: Vec<&str> = lower.split('^').map(str::trim).collect();
    parts.join("^").trim_end_matches('^').to_owned()
}

/// The letter that a precomposed lower-case Latin letter is made of.
fn without_diacritic(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ĥ' | 'ħ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ǐ' => 'i',
        'ĵ' => 'j',
        'ķ' => 'k',
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ǒ' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ŧ' | 'ț' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ǔ' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' => {
            'u'
        }
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

/// A date as `YYYYMMDD`; the old form `YYYY.MM.DD` is read too (PS3.5 §6.2). Cut short or odd dates
/// keep their digits.
pub(crate) fn date(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).take(8).collect()
}

/// A time as `HHMMSS.FFFFFF`, what is missing filled with `fill`; the old form `HH:MM:SS` is read too
/// (PS3.5 §6.2). Empty stays empty.
pub(crate) fn time(text: &str, fill: char) -> String {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str, n: usize| -> String {
        text.chars().filter(char::is_ascii_digit).take(n).collect()
    };
    let (whole, fraction) = (digits(whole, 6), digits(fraction, 6));
    if whole.is_empty() {
        return whole;
    }
    // The latest moment of a truncated time is 59 past, not 99.
    let rest = if fill == '0' { "000000" } else { "235959" };
    let missing = rest.get(whole.len()..).unwrap_or_default();
    let pad = fill.to_string().repeat(6 - fraction.len());
    format!("{whole}{missing}.{fraction}{pad}")
}

/// The values of an attribute.
pub(crate) fn values<'a>(
    attributes: &'a Map<String, Value>,
    tag: &str,
) -> impl Iterator<Item = &'a Value> {
    attributes
        .get(tag)
        .and_then(|element| element.get("Value"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// The first value as text, outer blanks dropped; empty when there is none.
pub(crate) fn text(attributes: &Map<String, Value>, tag: &str) -> String {
    match values(attributes, tag).next() {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// The first value as an integer.
pub(crate) fn number(attributes: &Map<String, Value>, tag: &str) -> Option<i64> {
    match values(attributes, tag).next()? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Takes NUL out of every text; JSON of level attributes is nested a few levels only (the parser
/// refuses more than 128).
pub(crate) fn without_nul(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', ""),
        Value::Array(values) => values.iter_mut().for_each(without_nul),
        Value::Object(members) => members.values_mut().for_each(without_nul),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_folds_in_all_its_groups() {
        let attributes = serde_json::json!({"00100010": {"vr": "PN", "Value": [
            {"Alphabetic": "Müller^JÖRG^^", "Ideographic": "张^三"}]}});
        let attributes = attributes.as_object().unwrap();
        assert_eq!(names(attributes, "00100010"), "=muller^jorg=张^三=张三=");
        assert_eq!(names(attributes, "00100020"), "");
        let attributes = serde_json::json!({"00100010": {"vr": "PN", "Value": [
            {"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎", "Phonetic": "やまだ^たろう"}]}});
        assert_eq!(
            names(attributes.as_object().unwrap(), "00100010"),
            "=yamada^tarou=山田^太郎=やまだ^たろう=山田太郎=やまだたろう="
        );
    }

    #[test]
    fn times_of_any_precision_compare() {
        assert_eq!(time("10", '0'), "100000.000000");
        assert_eq!(time("10", '9'), "105959.999999");
        assert_eq!(time("103015.5", '0'), "103015.500000");
        assert_eq!(time("103015.5", '9'), "103015.599999");
        assert_eq!(time("10:30:15", '0'), "103015.000000");
        assert_eq!(time("", '0'), "");
        assert_eq!(date("2023.01.31"), "20230131");
    }
}
