//! One matching key as SQL (PS3.4 §C.2.2.2).

use model::search::{Level, Matching};

use super::{
    super::fold,
    operand::{Kind, Operand},
    pattern::{Pattern, operator},
};
use crate::sql::{Bind, Dialect};

/// Values other than text in one list: each is a condition of its own.
const LIST: usize = 200;

/// SQL under construction: its values are bound, never written into it.
#[derive(Debug)]
pub(super) struct Where {
    pub(super) dialect: Dialect,
    pub(super) binds: Vec<Bind>,
    pub(super) fuzzy: bool,
    /// The table that has a study's date, time and UID: `s`, or `t` of a term.
    pub(super) key: &'static str,
    /// What a study `s` of a patient must meet besides to be asked at all.
    pub(super) seen: &'static str,
}

impl Where {
    /// Takes a value; returns its placeholder.
    pub(super) fn bind(&mut self, value: Bind) -> String {
        self.binds.push(value);
        format!("${}", self.binds.len())
    }

    pub(super) fn text(&mut self, value: &str) -> String {
        self.bind(Bind::text(value))
    }

    pub(super) fn matches(&mut self, expression: &str, pattern: Pattern) -> String {
        let place = self.text(&pattern.into_text());
        format!("{expression} {} {place}", operator(self.dialect))
    }

    pub(super) fn pattern(&self) -> Pattern {
        Pattern::new(self.dialect)
    }

    /// The condition that `operand` matches, for a search at `level`; none when it cannot be told.
    pub(super) fn condition(
        &mut self,
        level: Level,
        operand: &Operand,
        matching: &Matching,
    ) -> Option<String> {
        match operand {
            Operand::Nothing => None,
            Operand::Column {
                level: at,
                expression,
                kind,
            } => {
                let condition = self.compare(&self.keyed(expression), *kind, matching)?;
                Some(self.placed(level, *at, &condition))
            }
            Operand::Modalities => {
                let condition = self.compare("m.modality", Kind::Text, matching)?;
                let some = self.some(&format!(
                    "series m WHERE m.institution_id = s.institution_id \
                     AND m.study_uid = s.study_uid AND {condition}"
                ));
                Some(self.placed(level, Level::Study, &some))
            }
            Operand::SopClasses => {
                let condition = self.compare("c.sop_class", Kind::Text, matching)?;
                let some = self.some(&format!(
                    "series_contents c WHERE \
                     c.institution_id = s.institution_id AND c.study_uid = s.study_uid \
                     AND {condition}"
                ));
                Some(self.placed(level, Level::Study, &some))
            }
            Operand::Json { level: at, path } => {
                let condition = self.json(*at, path, matching)?;
                Some(self.placed(level, *at, &condition))
            }
        }
    }

    /// Whether there is some row. The plus has SQLite ask it a row: as a join, which it would make of
    /// it, an OFFSET passes over the rows found in place of the rows asked for (SQLite 3.51).
    pub(super) fn some(&self, from: &str) -> String {
        let sign = match self.dialect {
            Dialect::Sqlite => "+",
            Dialect::Postgres => "",
        };
        format!("{sign}EXISTS (SELECT 1 FROM {from})")
    }

    /// `condition` on a row of level `at`, for a search at `level`: the row itself or one of its parents,
    /// or some row below it.
    fn placed(&self, level: Level, at: Level, condition: &str) -> String {
        let below = match (level, at) {
            (Level::Patient, Level::Study) => {
                "studies s WHERE s.institution_id = p.institution_id AND s.issuer = p.issuer \
                 AND s.patient_id = p.patient_id"
            }
            (Level::Patient, Level::Series) => {
                "studies s JOIN series e ON e.institution_id = s.institution_id \
                 AND e.study_uid = s.study_uid WHERE s.institution_id = p.institution_id \
                 AND s.issuer = p.issuer AND s.patient_id = p.patient_id"
            }
            (Level::Patient, Level::Instance) => {
                "studies s JOIN instances i ON i.institution_id = s.institution_id \
                 AND i.study_uid = s.study_uid AND i.state = 'shown' \
                 WHERE s.institution_id = p.institution_id AND s.issuer = p.issuer \
                 AND s.patient_id = p.patient_id"
            }
            (Level::Study, Level::Series) => {
                "series e WHERE e.institution_id = s.institution_id AND e.study_uid = s.study_uid"
            }
            (Level::Study, Level::Instance) => {
                "instances i WHERE i.institution_id = s.institution_id AND i.study_uid = s.study_uid \
                 AND i.state = 'shown'"
            }
            (Level::Series, Level::Instance) => {
                "instances i WHERE i.institution_id = e.institution_id AND i.study_uid = e.study_uid \
                 AND i.series_uid = e.series_uid AND i.state = 'shown'"
            }
            _ => return condition.to_owned(),
        };
        let seen = match level {
            Level::Patient => self.seen,
            _ => "",
        };
        self.some(&format!("{below}{seen} AND {condition}"))
    }

    /// Date, time and UID of a study are those of the table that leads.
    fn keyed(&self, expression: &'static str) -> String {
        match expression {
            "s.study_date" => format!("{}.study_date", self.key),
            "s.study_time" => format!("{}.study_time", self.key),
            "s.study_uid" => format!("{}.study_uid", self.key),
            other => other.to_owned(),
        }
    }

    /// `expression` against the key; none when the key is no value of the kind.
    pub(super) fn compare(
        &mut self,
        expression: &str,
        kind: Kind,
        matching: &Matching,
    ) -> Option<String> {
        if let (Matching::List(values), true) = (matching, kind != Kind::Text) {
            let conditions: Option<Vec<String>> = values
                .iter()
                .take(LIST)
                .map(|value| self.compare(expression, kind, &Matching::Single(value.clone())))
                .collect();
            let conditions = conditions.filter(|all| !all.is_empty() && values.len() <= LIST)?;
            return Some(format!("({})", conditions.join(" OR ")));
        }
        match kind {
            Kind::Text => self.compare_text(expression, matching),
            Kind::Name => self.compare_name(expression, matching),
            Kind::Date => self.compare_interval(expression, matching, |text, _| fold::date(text)),
            Kind::Time => self.compare_interval(expression, matching, fold::time),
            Kind::Number => self.compare_number(expression, matching),
        }
    }

    fn compare_text(&mut self, expression: &str, matching: &Matching) -> Option<String> {
        match matching {
            Matching::Single(value) => {
                let place = self.text(value.trim());
                Some(format!("{expression} = {place}"))
            }
            Matching::Wildcard(value) => {
                let pattern = self.pattern().wildcard(value.trim());
                Some(self.matches(expression, pattern))
            }
            Matching::Range(low, high) => self.range(expression, low.clone(), high.clone()),
            Matching::List(values) => {
                // One value however long the list is.
                let values: Vec<String> = values
                    .iter()
                    .map(|value| value.replace('\0', " ").trim().to_owned())
                    .collect();
                let place = self.text(&serde_json::json!(values).to_string());
                let list = match self.dialect {
                    Dialect::Sqlite => format!("SELECT value FROM json_each({place})"),
                    Dialect::Postgres => format!("SELECT json_array_elements_text({place}::json)"),
                };
                Some(format!("{expression} IN ({list})"))
            }
        }
    }

    /// Dates and times: a value of lesser precision stands for all it covers.
    fn compare_interval(
        &mut self,
        expression: &str,
        matching: &Matching,
        form: impl Fn(&str, char) -> String,
    ) -> Option<String> {
        match matching {
            Matching::Single(value) => {
                let (low, high) = (form(value, '0'), form(value, '9'));
                if low.is_empty() {
                    return None;
                }
                self.range(expression, Some(low), Some(high))
            }
            Matching::Range(low, high) => {
                let low = low.as_deref().map(|value| form(value, '0'));
                let high = high.as_deref().map(|value| form(value, '9'));
                self.range(expression, low, high)
            }
            Matching::Wildcard(value) => {
                let pattern = self.pattern().wildcard(value.trim());
                Some(self.matches(expression, pattern))
            }
            Matching::List(_) => None,
        }
    }

    /// Both ends included; what has no value matches no range.
    fn range(
        &mut self,
        expression: &str,
        low: Option<String>,
        high: Option<String>,
    ) -> Option<String> {
        let mut both = Vec::new();
        match low {
            Some(low) => {
                let place = self.text(&low);
                both.push(format!("{expression} >= {place}"));
            }
            None => both.push(format!("{expression} <> ''")),
        }
        if let Some(high) = high {
            let place = self.text(&high);
            both.push(format!("{expression} <= {place}"));
        }
        Some(format!("({})", both.join(" AND ")))
    }

    /// Date and time ranges together are one range of moments (PS3.4 §C.2.2.2.5).
    pub(super) fn moments(
        &mut self,
        date: (&Option<String>, &Option<String>),
        time: (&Option<String>, &Option<String>),
    ) -> String {
        let end = |date: &Option<String>, time: &Option<String>, fill: char| {
            let date = fold::date(date.as_deref()?);
            let time = match time.as_deref() {
                Some(time) => fold::time(time, fill),
                None if fill == '0' => "000000.000000".into(),
                None => "235959.999999".into(),
            };
            Some(date + &time)
        };
        let (low, high) = (end(date.0, time.0, '0'), end(date.1, time.1, '9'));
        let key = self.key;
        let mut all = vec![format!("{key}.study_date <> ''")];
        for (bound, sign) in [(low, ">="), (high, "<=")] {
            if let Some(bound) = bound {
                let day = self.text(bound.get(..8).unwrap_or(&bound));
                let place = self.text(&bound);
                // The day alone is for the index.
                all.push(format!(
                    "{key}.study_date {sign} {day} AND \
                     {key}.study_date || {key}.study_time {sign} {place}"
                ));
            }
        }
        format!("({})", all.join(" AND "))
    }

    fn compare_number(&mut self, expression: &str, matching: &Matching) -> Option<String> {
        let mut number = |sign: &str, text: &str| {
            let place = self.bind(Bind::number(text.trim().parse().ok()?));
            Some(format!("{expression} {sign} {place}"))
        };
        match matching {
            Matching::Single(value) => number("=", value),
            Matching::Range(low, high) => {
                let low = match low {
                    Some(low) => number(">=", low)?,
                    None => format!("{expression} IS NOT NULL"),
                };
                match high {
                    Some(high) => Some(format!("({low} AND {})", number("<=", high)?)),
                    None => Some(low),
                }
            }
            Matching::Wildcard(_) | Matching::List(_) => None,
        }
    }

    /// An attribute kept in the level's JSON only: any of its values, in any item of the sequence.
    fn json(&mut self, level: Level, path: &[String], matching: &Matching) -> Option<String> {
        let condition = self.json_value(matching)?;
        let alias = alias(level);
        let from = match (self.dialect, path) {
            (Dialect::Sqlite, [tag]) => {
                let place = self.text(&format!("$.\"{tag}\".Value"));
                format!("json_each({alias}.attributes, {place}) v")
            }
            (Dialect::Sqlite, [sequence, tag]) => {
                let outer = self.text(&format!("$.\"{sequence}\".Value"));
                let inner = self.text(&format!("$.\"{tag}\".Value"));
                format!(
                    "json_each({alias}.attributes, {outer}) item, json_each(item.value, {inner}) v"
                )
            }
            (Dialect::Postgres, [tag]) => {
                let place = self.text(tag);
                format!(
                    "json_array_elements_text({alias}.attributes::json -> {place} -> 'Value') \
                     v(value)"
                )
            }
            (Dialect::Postgres, [sequence, tag]) => {
                let outer = self.text(sequence);
                let inner = self.text(tag);
                format!(
                    "json_array_elements({alias}.attributes::json -> {outer} -> 'Value') \
                     item(value), \
                     json_array_elements_text(item.value -> {inner} -> 'Value') v(value)"
                )
            }
            _ => return None,
        };
        Some(self.some(&format!("{from} WHERE {condition}")))
    }

    /// `v.value` against the key. Person names stand there as objects of their groups.
    fn json_value(&mut self, matching: &Matching) -> Option<String> {
        let value = match self.dialect {
            Dialect::Sqlite => "CAST(v.value AS TEXT)",
            Dialect::Postgres => "v.value",
        };
        let plain = self.compare_text(value, matching)?;
        let (Matching::Single(text) | Matching::Wildcard(text)) = matching else {
            return Some(plain);
        };
        let group = self.pattern().literal("{").anything().literal("\"");
        let key = text.trim().to_lowercase();
        let group = match matching {
            Matching::Wildcard(_) => group.wildcard(&key),
            _ => group.literal(&key),
        };
        let group = group.literal("\"").anything();
        let lower = format!("lower({value})");
        let name = self.matches(&lower, group);
        Some(format!("({plain} OR {name})"))
    }
}

fn alias(level: Level) -> &'static str {
    match level {
        Level::Patient => "p",
        Level::Study => "s",
        Level::Series => "e",
        Level::Instance => "i",
    }
}
