//! The keys of what the archive holds; every one begins with the institution.

use std::fmt;

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::Uid;

/// The institution that holds a study: 1–64 characters of `a-z 0-9 - _`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstitutionId(Box<str>);

/// Why a text is no institution id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid institution id {text:?}: 1 to 64 of a-z, 0-9, '-' and '_' expected")]
pub struct InvalidInstitutionId {
    text: String,
}

impl InstitutionId {
    /// Reads an institution id.
    pub fn new(text: &str) -> Result<Self, InvalidInstitutionId> {
        let valid = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if valid {
            Ok(Self(text.into()))
        } else {
            Err(InvalidInstitutionId {
                text: text.chars().take(80).collect(),
            })
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstitutionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for InstitutionId {
    type Error = InvalidInstitutionId;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<InstitutionId> for String {
    fn from(id: InstitutionId) -> Self {
        id.0.into()
    }
}

/// A patient as one institution knows it: never the id alone. With an empty `id` each study is a
/// patient of its own, and `issuer` is its Study Instance UID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatientKey {
    /// Who holds the studies.
    pub institution: InstitutionId,
    /// Issuer of Patient ID (0010,0021); the institution's own issuer where the data set has none.
    pub issuer: String,
    /// Patient ID (0010,0020).
    pub id: String,
}

/// A holding: what one institution holds of a study.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StudyKey {
    /// Who holds it.
    pub institution: InstitutionId,
    /// Study Instance UID (0020,000D).
    pub study: Uid,
}

/// A series of a holding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesKey {
    /// The holding.
    pub study: StudyKey,
    /// Series Instance UID (0020,000E).
    pub series: Uid,
}

/// A SOP instance of a holding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct InstanceKey {
    /// Who holds it.
    pub institution: InstitutionId,
    /// Study Instance UID (0020,000D).
    pub study: Uid,
    /// Series Instance UID (0020,000E).
    pub series: Uid,
    /// SOP Instance UID (0008,0018).
    pub sop: Uid,
}

impl InstanceKey {
    /// The holding that the instance is part of.
    pub fn study_key(&self) -> StudyKey {
        StudyKey {
            institution: self.institution.clone(),
            study: self.study.clone(),
        }
    }
}

/// Where the archive keeps one received object: `institution/study/series/sop/<ULID>`, never reused
/// (ARCHITECTURE.md, invariant 2). Keys under `journal/` hold decisions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey {
    /// The instance whose bytes it holds.
    pub instance: InstanceKey,
    /// When it was received, and which version of the instance it is.
    pub ulid: Ulid,
}

/// Why a path is no object key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path:?} is not institution/study/series/sop/<ULID>")]
pub struct InvalidObjectKey {
    path: String,
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InstanceKey {
            institution,
            study,
            series,
            sop,
        } = &self.instance;
        write!(f, "{institution}/{study}/{series}/{sop}/{}", self.ulid)
    }
}

impl std::str::FromStr for ObjectKey {
    type Err = InvalidObjectKey;

    fn from_str(path: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidObjectKey { path: path.into() };
        let mut parts = path.split('/');
        let mut next = || parts.next().ok_or_else(invalid);
        let key = Self {
            instance: InstanceKey {
                institution: InstitutionId::new(next()?).map_err(|_| invalid())?,
                study: Uid::new(next()?).map_err(|_| invalid())?,
                series: Uid::new(next()?).map_err(|_| invalid())?,
                sop: Uid::new(next()?).map_err(|_| invalid())?,
            },
            ulid: Ulid::from_string(next()?).map_err(|_| invalid())?,
        };
        if key.to_string() == path {
            Ok(key)
        } else {
            Err(invalid())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_key_reads_back_and_no_other_path_passes() {
        let path = "local/1.2/1.3/1.4/01ARZ3NDEKTSV4RRFFQ69G5FAV";
        assert_eq!(path.parse::<ObjectKey>().unwrap().to_string(), path);
        for bad in [
            "local/1.2/1.3/01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "local/../1.3/1.4/01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "local/1.2/1.3/1.4/01ARZ3NDEKTSV4RRFFQ69G5FAV/x",
            "journal/01ARZ3NDEKTSV4RRFFQ69G5FAV",
        ] {
            assert!(bad.parse::<ObjectKey>().is_err(), "{bad}");
        }
    }
}
