//! The query of a search (PS3.18 §8.3.4, §10.6.1.2), already percent-decoded.

use model::search::{Condition, Cursor, Level, Search};

use super::dictionary::{Attribute, key, number};
use crate::WebError;

/// What a client asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameters {
    /// What is searched.
    pub(crate) search: Search,
    /// What the answer holds besides the attributes that every answer has.
    pub(crate) include: Include,
    /// Names of parameters that mean nothing here and were passed over.
    pub(crate) ignored: Vec<String>,
}

/// Attributes asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Include {
    /// Everything that is known.
    All,
    /// These, by DICOM JSON key.
    Keys(Vec<String>),
}

impl Include {
    fn add(&mut self, key: String) {
        if let Self::Keys(keys) = self {
            keys.push(key);
        }
    }
}

impl Parameters {
    /// Reads the query of a search at `level`. A name that can be no attribute, a value that its
    /// attribute cannot have, a bad number: [`WebError::BadRequest`], never a search for something
    /// else.
    pub(crate) fn read(level: Level, pairs: &[(String, String)]) -> Result<Self, WebError> {
        let mut parameters = Self {
            search: Search::at(level),
            include: Include::Keys(Vec::new()),
            ignored: Vec::new(),
        };
        for (name, value) in pairs {
            parameters.add(name, value)?;
        }
        Ok(parameters)
    }

    fn add(&mut self, name: &str, value: &str) -> Result<(), WebError> {
        match name {
            "limit" => self.search.limit = Some(count(name, value)?),
            "offset" => self.search.offset = count(name, value)?,
            "after" => self.search.after = Some(Cursor::new(value)),
            "fuzzymatching" => self.search.fuzzy = boolean(name, value)?,
            "includefield" => self.include_fields(value)?,
            // Content negotiation has looked at them (PS3.18 §8.3.3).
            "accept" | "charset" => {}
            _ => match Attribute::parse(name) {
                Some(attribute) => self.add_condition(name, &attribute, value)?,
                None if looks_like_no_attribute(name) => self.ignored.push(name.to_owned()),
                None => {
                    return Err(WebError::BadRequest(format!(
                        "{name:?} is no attribute: a keyword, eight hexadecimal digits or a path of those joined by '.' expected"
                    )));
                }
            },
        }
        Ok(())
    }

    fn include_fields(&mut self, value: &str) -> Result<(), WebError> {
        for field in value.split(',').map(str::trim).filter(|f| !f.is_empty()) {
            if field.eq_ignore_ascii_case("all") {
                self.include = Include::All;
                continue;
            }
            let attribute = Attribute::parse(field).ok_or_else(|| {
                WebError::BadRequest(format!("includefield: {field:?} is no attribute"))
            })?;
            if let Some(outermost) = attribute.path.first() {
                self.include.add(key(*outermost));
            }
        }
        Ok(())
    }

    fn add_condition(
        &mut self,
        name: &str,
        attribute: &Attribute,
        value: &str,
    ) -> Result<(), WebError> {
        if let Some(outermost) = attribute.path.first() {
            self.include.add(key(*outermost));
        }
        let vr = attribute.vr.unwrap_or(dataset::VR::LO);
        let matching = query::matching(vr, value)
            .map_err(|error| WebError::BadRequest(format!("{name}: {error}")))?;
        let path: Vec<u32> = attribute.path.iter().map(|tag| number(*tag)).collect();
        if let Some(matching) = matching {
            self.search.conditions.push(Condition { path, matching });
        }
        Ok(())
    }
}

/// Attribute keywords begin with a capital and tags are hexadecimal; what is neither (`_`, `ts`)
/// belongs to somebody else's habit and harms nothing.
fn looks_like_no_attribute(name: &str) -> bool {
    name.bytes()
        .all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'-')
}

fn count(name: &str, value: &str) -> Result<u32, WebError> {
    value.trim().parse().map_err(|_| {
        WebError::BadRequest(format!("{name}: a number from 0 to {} expected", u32::MAX))
    })
}

fn boolean(name: &str, value: &str) -> Result<bool, WebError> {
    match value.trim() {
        value if value.eq_ignore_ascii_case("true") => Ok(true),
        value if value.eq_ignore_ascii_case("false") => Ok(false),
        _ => Err(WebError::BadRequest(format!(
            "{name}: true or false expected"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &[(&str, &str)]) -> Result<Parameters, WebError> {
        let pairs: Vec<_> = query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Parameters::read(Level::Study, &pairs)
    }

    #[test]
    fn what_is_asked_is_read() {
        let asked = read(&[
            ("PatientName", "*张三*"),
            ("limit", "101"),
            ("offset", "2"),
            ("fuzzymatching", "true"),
            ("includefield", "StudyDescription,00080060"),
            ("includefield", "00081030"),
            ("_", "1"),
        ])
        .unwrap();
        assert_eq!((asked.search.limit, asked.search.offset), (Some(101), 2));
        assert!(asked.search.fuzzy);
        let keys = ["00100010", "00081030", "00080060", "00081030"].map(str::to_owned);
        assert_eq!(asked.include, Include::Keys(keys.to_vec()));
        assert_eq!(asked.search.conditions[0].path, [0x0010_0010]);
        assert_eq!(asked.ignored, ["_"]);
    }

    #[test]
    fn all_fields_stay_all() {
        let asked = read(&[("includefield", "all"), ("includefield", "00080060")]).unwrap();
        assert_eq!(asked.include, Include::All);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for pair in [
            ("limit", "-1"),
            ("limit", "many"),
            ("offset", "4294967296"),
            ("fuzzymatching", "maybe"),
            ("includefield", "NoSuchThing"),
            ("PatientNam", "x"),
            ("0010001", "x"),
            ("StudyDate", "yesterday"),
            ("StudyDate", "20261341"),
        ] {
            let refused = read(&[pair]);
            assert!(matches!(refused, Err(WebError::BadRequest(_))), "{pair:?}");
        }
    }
}
