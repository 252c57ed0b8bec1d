//! The filter of a followed worklist as text that is stored.

use model::search::{Condition, Matching};
use serde_json::{Value, json};

/// Conditions as text.
pub(crate) fn write(conditions: &[Condition]) -> String {
    let conditions: Vec<Value> = conditions
        .iter()
        .map(|condition| {
            let matching = match &condition.matching {
                Matching::Single(value) => json!({"single": value}),
                Matching::List(values) => json!({"list": values}),
                Matching::Wildcard(value) => json!({"wildcard": value}),
                Matching::Range(low, high) => json!({"range": [low, high]}),
            };
            json!({"path": condition.path, "matching": matching})
        })
        .collect();
    Value::Array(conditions).to_string()
}

/// Conditions of text that [`write()`] wrote; none if it is something else.
pub(crate) fn read(text: &str) -> Option<Vec<Condition>> {
    let Value::Array(conditions) = serde_json::from_str(text).ok()? else {
        return None;
    };
    conditions.iter().map(condition).collect()
}

fn condition(value: &Value) -> Option<Condition> {
    let path = value.get("path")?.as_array()?;
    let path: Option<Vec<u32>> = path
        .iter()
        .map(|tag| u32::try_from(tag.as_u64()?).ok())
        .collect();
    let matching = value.get("matching")?.as_object()?;
    let (kind, value) = matching.iter().next()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let matching = match kind.as_str() {
        "single" => Matching::Single(text(value)?),
        "list" => {
            let values: Option<Vec<String>> = value.as_array()?.iter().map(text).collect();
            Matching::List(values?)
        }
        "wildcard" => Matching::Wildcard(text(value)?),
        "range" => Matching::Range(text(value.get(0)?), text(value.get(1)?)),
        _ => return None,
    };
    Some(Condition {
        path: path?,
        matching,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let of = |matching| Condition {
            path: vec![0x0040_4025, 0x0008_0100],
            matching,
        };
        let conditions = vec![
            of(Matching::Single("a\"b".into())),
            of(Matching::List(vec!["a".into(), "张".into()])),
            of(Matching::Wildcard("a*".into())),
            of(Matching::Range(Some("1".into()), None)),
        ];
        assert_eq!(read(&write(&conditions)), Some(conditions));
        assert_eq!(read("[{}]"), None);
        assert_eq!(read(""), None);
    }
}
