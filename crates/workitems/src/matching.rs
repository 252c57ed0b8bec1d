//! Matching a workitem's attributes (PS3.4 §C.2.2.2, PS3.18 §8.3.4).

use database::workitems::fold_name;
use dataset::json::{JsonObject, tag_key};
use model::search::{Condition, Matching, TagNumber};
use serde_json::Value;

use crate::moment::Moment;

/// Whether a workitem matches all conditions; with `fuzzy`, person names match by word prefixes.
pub(crate) fn matches(attributes: &JsonObject, conditions: &[Condition], fuzzy: bool) -> bool {
    conditions
        .iter()
        .all(|condition| any(attributes, &condition.path, &condition.matching, fuzzy))
}

fn any(level: &JsonObject, path: &[TagNumber], matching: &Matching, fuzzy: bool) -> bool {
    let Some((&tag, rest)) = path.split_first() else {
        return false;
    };
    let [a, b, c, d] = tag.to_be_bytes();
    let tag = dataset::Tag(u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    let Some(element) = level.get(&tag_key(tag)) else {
        return false;
    };
    let values = element.get("Value").and_then(Value::as_array);
    let values = values.map_or(&[][..], Vec::as_slice);
    if !rest.is_empty() {
        let mut items = values.iter().filter_map(Value::as_object);
        return items.any(|item| any(item, rest, matching, fuzzy));
    }
    let vr = element.get("vr").and_then(Value::as_str).unwrap_or("");
    values.iter().any(|value| one(vr, value, matching, fuzzy))
}

/// Whether one value matches.
fn one(vr: &str, value: &Value, matching: &Matching, fuzzy: bool) -> bool {
    if let Matching::List(keys) = matching {
        let single = |key: &String| one(vr, value, &Matching::Single(key.clone()), fuzzy);
        return keys.iter().any(single);
    }
    match (vr, value) {
        ("PN", Value::Object(groups)) => {
            let mut groups = groups.values().filter_map(Value::as_str);
            groups.any(|group| name(&fold_name(group), matching, fuzzy))
        }
        ("DA" | "TM" | "DT", Value::String(text)) => moments(vr, text, matching),
        (_, Value::String(text)) => plain(text.trim(), matching),
        (_, Value::Number(number)) => match matching {
            Matching::Single(key) => key.parse::<f64>().ok() == number.as_f64(),
            _ => plain(&number.to_string(), matching),
        },
        _ => false,
    }
}

fn plain(text: &str, matching: &Matching) -> bool {
    match matching {
        Matching::Single(key) => text == key.trim(),
        Matching::Wildcard(pattern) => glob(pattern, text),
        Matching::Range(low, high) => {
            low.as_deref().is_none_or(|low| low <= text)
                && high.as_deref().is_none_or(|high| text <= high)
        }
        Matching::List(_) => false,
    }
}

/// Person names match whatever their case and accents; `张三` finds `张^三`.
fn name(group: &str, matching: &Matching, fuzzy: bool) -> bool {
    let joined = group.replace('^', "");
    let key = match matching {
        Matching::Single(key) | Matching::Wildcard(key) => fold_name(key),
        Matching::List(_) | Matching::Range(..) => return false,
    };
    let whole = glob(&key, group) || !group.is_ascii() && glob(&key, &joined);
    if whole || !fuzzy {
        return whole;
    }
    let words = |text: &str| -> Vec<String> {
        let separators = |c: char| c == '^' || c == ',' || c.is_whitespace();
        let words = text.split(separators).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    };
    let own = words(group);
    words(&key.replace(['*', '?'], " ")).iter().all(|word| {
        let begins = own.iter().any(|own| own.starts_with(word.as_str()));
        // Words of Chinese characters are not told apart by blanks.
        begins || !group.is_ascii() && joined.contains(word)
    })
}

/// `*` stands for any text, `?` for one character.
fn glob(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where the last star stands, and what of the text it takes so far.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, taken)) = star else {
                    return false;
                };
                star = Some((at, taken + 1));
                p = at + 1;
                t = taken + 1;
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// Dates and times are read as moments, and moments compared.
fn moments(vr: &str, text: &str, matching: &Matching) -> bool {
    let read = |text: &str| match vr {
        // A time of no day in particular.
        "TM" => Moment::parse(&format!("19700101{}", text.replace(':', ""))),
        "DA" => Moment::parse(&text.replace('.', "")),
        _ => Moment::parse(text),
    };
    let Some(value) = read(text) else {
        return false;
    };
    let after = |key: Moment| value.against(key) >= key.first - key.offset.unwrap_or(0);
    let before = |key: Moment| value.against(key) <= key.last - key.offset.unwrap_or(0);
    match matching {
        Matching::Single(key) => read(key).is_some_and(|key| after(key) && before(key)),
        Matching::Range(low, high) => {
            let low = low.as_deref().map(read);
            let high = high.as_deref().map(read);
            low.is_none_or(|low| low.is_some_and(after))
                && high.is_none_or(|high| high.is_some_and(before))
        }
        Matching::List(_) | Matching::Wildcard(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn workitem() -> JsonObject {
        let value = json!({
            "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Müller^Anna", "Ideographic": "张^三"}]},
            "00100020": {"vr": "LO", "Value": ["P1"]},
            "00404005": {"vr": "DT", "Value": ["20260701120000+0800"]},
            "00404025": {"vr": "SQ", "Value": [
                {"00080100": {"vr": "SH", "Value": ["CT1"]}},
                {"00080100": {"vr": "SH", "Value": ["CT2"]}}]},
            "00741000": {"vr": "CS", "Value": ["SCHEDULED"]},
            "00741200": {"vr": "CS"},
            "00741004": {"vr": "DS", "Value": [50]},
        });
        value.as_object().unwrap().clone()
    }

    fn found(path: &[u32], matching: Matching, fuzzy: bool) -> bool {
        let condition = Condition {
            path: path.to_vec(),
            matching,
        };
        matches(&workitem(), &[condition], fuzzy)
    }

    fn single(path: &[u32], key: &str) -> bool {
        found(path, Matching::Single(key.into()), false)
    }

    fn range(low: &str, high: &str) -> bool {
        let end = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        found(&[0x0040_4005], Matching::Range(end(low), end(high)), false)
    }

    #[test]
    fn values_sequences_and_wildcards_match() {
        assert!(single(&[0x0010_0020], "P1"));
        assert!(!single(&[0x0010_0020], "p1"));
        assert!(single(&[0x0040_4025, 0x0008_0100], "CT2"));
        assert!(!single(&[0x0040_4025, 0x0008_0100], "CT3"));
        assert!(single(&[0x0074_1004], "50.0"));
        assert!(!single(&[0x0074_1200], "HIGH"));
        let wild = |key: &str| found(&[0x0074_1000], Matching::Wildcard(key.into()), false);
        assert!(wild("SCH*") && wild("*ED") && wild("S?HEDULED") && wild("*H*U*"));
        assert!(!wild("SCH?") && !wild("*X*"));
        let list = Matching::List(vec!["IN PROGRESS".into(), "SCHEDULED".into()]);
        assert!(found(&[0x0074_1000], list, false));
    }

    #[test]
    fn names_match_without_case_and_accents_and_by_words_where_asked() {
        let name = [0x0010_0010];
        assert!(single(&name, "MULLER^ANNA") && single(&name, "张三") && single(&name, "张^三"));
        assert!(!single(&name, "ann"));
        let fuzzy = |key: &str| found(&name, Matching::Single(key.into()), true);
        assert!(fuzzy("ann") && fuzzy("anna mull") && fuzzy("三"));
        assert!(!fuzzy("nna") && !fuzzy("anna x"));
    }

    #[test]
    fn moments_match_on_the_clock_of_the_place_or_by_utc() {
        assert!(single(&[0x0040_4005], "20260701") && single(&[0x0040_4005], "2026070112"));
        assert!(!single(&[0x0040_4005], "2026070113"));
        assert!(range("20260701", "20260701") && range("", "202607") && range("2026", ""));
        assert!(!range("20260702", "") && !range("", "20260630"));
        assert!(range("20260701040000+0000", "20260701040000+0000"));
        assert!(!range("20260701120000+0000", ""));
    }
}
