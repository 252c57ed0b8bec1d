//! Which studies a grant or prohibition is about, as JSON.

use std::collections::BTreeMap;

use database::grants::{Recorded, Terms};
use grants::NewTerms;
use model::Uid;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use utoipa::ToSchema;

use super::institution;
use crate::{WebError, admin::text};

/// Who a patient is wherever that issuer's ids are used.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PatientIdentity {
    /// Issuer of Patient ID (0010,0021).
    issuer: String,
    /// Patient ID (0010,0020).
    id: String,
}

impl From<PatientIdentity> for model::PatientIdentity {
    fn from(told: PatientIdentity) -> Self {
        Self {
            issuer: told.issuer,
            id: told.id,
        }
    }
}

/// Which studies something is about, and how long.
#[derive(Deserialize, ToSchema)]
pub(crate) struct TermsTold {
    /// The identities of one patient, 1 to 16.
    pub(super) patients: Vec<PatientIdentity>,
    /// The institution that holds them; absent: whoever does.
    holder: Option<String>,
    /// Study Instance UIDs, at most 100; none: all.
    #[serde(default)]
    studies: Vec<String>,
    /// Made on that day, YYYYMMDD, or later.
    #[serde(default)]
    study_from: String,
    /// Made on that day or earlier.
    #[serde(default)]
    study_to: String,
    /// In force from then (RFC 3339); absent: from now.
    from: Option<String>,
    /// In force before then (RFC 3339).
    until: Option<String>,
    /// What proves it, as the number of a form.
    #[serde(default)]
    evidence: String,
    /// A bound that is misspelt would bound nothing.
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: BTreeMap<String, Value>,
}

impl TermsTold {
    pub(super) fn read(self) -> Result<NewTerms, WebError> {
        if let Some(name) = self.unknown.keys().next() {
            return Err(WebError::BadRequest(format!("{name:?} is no field")));
        }
        let holder = self.holder.as_deref();
        Ok(NewTerms {
            patients: self.patients.into_iter().map(Into::into).collect(),
            holder: holder.map(|text| institution("holder", text)).transpose()?,
            studies: self.studies,
            study_from: self.study_from,
            study_to: self.study_to,
            from: moment("from", self.from.as_deref())?,
            until: moment("until", self.until.as_deref())?,
            evidence: self.evidence,
        })
    }
}

fn moment(what: &str, text: Option<&str>) -> Result<Option<OffsetDateTime>, WebError> {
    let read = |text: &str| {
        OffsetDateTime::parse(text, &Rfc3339).map_err(|_| {
            WebError::BadRequest(format!(
                "{what}: {text:?} is no time such as 2026-01-31T08:00:00Z"
            ))
        })
    };
    text.map(read).transpose()
}

/// Which studies something is about, how long, and who wrote it down.
#[derive(Serialize, ToSchema)]
pub(crate) struct TermsShown {
    /// The identities of one patient.
    patients: Vec<PatientIdentity>,
    /// The institution that holds them; null: whoever does.
    holder: Option<String>,
    /// Study Instance UIDs; none: all.
    studies: Vec<String>,
    /// Made on that day, YYYYMMDD, or later; empty: whenever.
    study_from: String,
    /// Made on that day or earlier; empty: whenever.
    study_to: String,
    /// In force from then (RFC 3339).
    from: String,
    /// In force before then (RFC 3339).
    until: String,
    /// What proves it.
    evidence: String,
    /// `future`, `active`, `ended` (before its time) or `expired`.
    state: &'static str,
    /// When it was written down (RFC 3339).
    recorded: String,
    /// By whom.
    recorded_by: String,
    /// Of which institution.
    recorded_at: String,
}

impl TermsShown {
    pub(super) fn new(
        terms: Terms,
        recorded: &Recorded,
        now: OffsetDateTime,
    ) -> Result<Self, WebError> {
        let state = match recorded.ended {
            _ if now < terms.from => "future",
            _ if now < terms.until => "active",
            Some(_) => "ended",
            None => "expired",
        };
        let patient = |one: model::PatientIdentity| PatientIdentity {
            issuer: one.issuer,
            id: one.id,
        };
        Ok(Self {
            patients: terms.patients.into_iter().map(patient).collect(),
            holder: terms.holder.map(String::from),
            studies: terms.studies.iter().map(Uid::to_string).collect(),
            study_from: terms.study_from,
            study_to: terms.study_to,
            from: text(terms.from)?,
            until: text(terms.until)?,
            evidence: terms.evidence,
            state,
            recorded: text(recorded.at)?,
            recorded_by: recorded.by.clone(),
            recorded_at: recorded.institution.to_string(),
        })
    }
}
