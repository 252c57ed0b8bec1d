//! Attributes that every answer has (PS3.18 Tables 10.6.3-3, 10.6.3-4, 10.6.3-5).

use model::search::{Level, Search};

use super::dictionary;

/// Of a study, its patient's included.
const STUDY: &[&str] = &[
    "00080005", "00080020", "00080030", "00080050", "00080056", "00080061", "00080090", "00080201",
    "00081030", "00100010", "00100020", "00100021", "00100030", "00100040", "0020000D", "00200010",
    "00201206", "00201208",
];
/// Of a series.
const SERIES: &[&str] = &[
    "00080005", "00080056", "00080060", "00080201", "0008103E", "0020000D", "0020000E", "00200011",
    "00201209", "00400244", "00400245", "00400275",
];
/// Of an instance.
const INSTANCE: &[&str] = &[
    "00080005", "00080016", "00080018", "00080056", "00080201", "00083002", "0020000D", "0020000E",
    "00200013", "00280008", "00280010", "00280011", "00280100",
];

/// Whether an answer to `search` has the attribute `key` unasked: those of its level, and those of
/// the levels above that the path did not fix (PS3.18 §10.6.3.3).
pub(super) fn always(search: &Search, key: &str) -> bool {
    let study = search.study.is_none() && STUDY.contains(&key);
    match search.level {
        Level::Patient | Level::Study => STUDY.contains(&key),
        Level::Series => SERIES.contains(&key) || study,
        Level::Instance => {
            INSTANCE.contains(&key) || study || search.series.is_none() && SERIES.contains(&key)
        }
    }
}

/// The same by level, as people read them: keyword and tag.
pub(crate) fn always_returned() -> Vec<(&'static str, Vec<String>)> {
    let named = |keys: &[&str]| {
        let tags = keys
            .iter()
            .filter_map(|key| u32::from_str_radix(key, 16).ok());
        tags.map(|tag| {
            let (group, element) = (tag >> 16, tag & 0xFFFF);
            format!("{} ({group:04X},{element:04X})", dictionary::name(&[tag]))
        })
        .collect()
    };
    [("study", STUDY), ("series", SERIES), ("instance", INSTANCE)]
        .map(|(level, keys)| (level, named(keys)))
        .into()
}
