//! Attributes that every answer has (PS3.18 Tables 10.6.3-3, 10.6.3-4, 10.6.3-5).

use dataset::json::JsonObject;
use model::search::{Level, Search};
use serde_json::json;

use super::dictionary;

/// Of a patient: no standard address, the keys of PS3.4 Table C.6-1 and what is counted.
const PATIENT: &[&str] = &[
    "00080005", "00100010", "00100020", "00100021", "00100030", "00100040", "00201200", "00201202",
    "00201204",
];
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

/// Keys of type R (PS3.4 §C.2.2.1.2), which are there without a value too, and the level whose they
/// are.
const REQUIRED: &[(&str, &str, Level)] = &[
    ("00100010", "PN", Level::Patient),
    ("00100020", "LO", Level::Patient),
    ("00100030", "DA", Level::Patient),
    ("00100040", "CS", Level::Patient),
    ("00080020", "DA", Level::Study),
    ("00080030", "TM", Level::Study),
    ("00080050", "SH", Level::Study),
    ("00080061", "CS", Level::Study),
    ("00080090", "PN", Level::Study),
    ("00200010", "SH", Level::Study),
    ("00080060", "CS", Level::Series),
    ("00200011", "IS", Level::Series),
    ("00080016", "UI", Level::Instance),
    ("00200013", "IS", Level::Instance),
];

/// Puts keys of type R that have no value into a match.
pub(super) fn fill(search: &Search, record: &mut JsonObject) {
    for (key, vr, level) in REQUIRED {
        if *level <= search.level && always(search, key) && !record.contains_key(*key) {
            record.insert((*key).into(), json!({"vr": vr}));
        }
    }
}

/// Whether an answer to `search` has the attribute `key` unasked: those of its level, and those of
/// the levels above that the path did not fix (PS3.18 §10.6.3.3).
pub(super) fn always(search: &Search, key: &str) -> bool {
    let study = search.study.is_none() && STUDY.contains(&key);
    match search.level {
        Level::Patient => PATIENT.contains(&key),
        Level::Study => STUDY.contains(&key),
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
