//! Which studies something is about and how long, as it is told, and checked.

use database::grants::Terms;
use model::{InstitutionId, PatientIdentity, Uid};
use time::{Date, Duration, OffsetDateTime, macros::format_description};

use crate::{Fault, GrantsError};

/// Identities of one patient at most.
const PATIENTS: usize = 16;
/// Studies that one grant names at most.
const STUDIES: usize = 100;
/// The longest issuer, id (PS3.5 §6.2, VR LO), category or visit, characters.
pub(crate) const TEXT: usize = 64;
/// The longest evidence, characters.
const EVIDENCE: usize = 512;
/// Sensitive categories that are named at most.
const CATEGORIES: usize = 32;
/// How long what has no end lasts.
const ENDLESS: Duration = Duration::days(365 * 100);

/// Which studies something is about and how long, as it is told.
#[derive(Clone, Debug, Default)]
pub struct NewTerms {
    /// Whose: the identities of one person, at least one.
    pub patients: Vec<PatientIdentity>,
    /// Held by whom; none: by anybody.
    pub holder: Option<InstitutionId>,
    /// Study Instance UIDs; none: all.
    pub studies: Vec<String>,
    /// Made on that day, `YYYYMMDD`, or later; empty: whenever.
    pub study_from: String,
    /// Made on that day or earlier; empty: whenever.
    pub study_to: String,
    /// In force from then; none: from now.
    pub from: Option<OffsetDateTime>,
    /// In force before then; none: until it is ended.
    pub until: Option<OffsetDateTime>,
    /// What proves it, as the number of a form.
    pub evidence: String,
}

/// Faults as they are found.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, field: &'static str, reason: impl Into<String>) {
        let reason = reason.into();
        self.0.push(Fault { field, reason });
    }

    pub(crate) fn none(self) -> Result<(), GrantsError> {
        match self.0.is_empty() {
            true => Ok(()),
            false => Err(GrantsError::Faults(self.0)),
        }
    }

    /// Text of one line.
    pub(crate) fn line(&mut self, field: &'static str, text: &str, most: usize) {
        if text.chars().count() > most || text.chars().any(char::is_control) {
            self.add(field, format!("at most {most} characters on one line"));
        }
    }

    /// Names of sensitive categories.
    pub(crate) fn categories(&mut self, field: &'static str, categories: &[String]) {
        let is_name = |name: &String| {
            (1..=TEXT).contains(&name.len())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        if categories.len() > CATEGORIES || !categories.iter().all(is_name) {
            let reason = format!("at most {CATEGORIES} names of 1 to {TEXT} of a-z 0-9 -");
            self.add(field, reason);
        }
    }
}

/// What is told, checked at `now`.
pub(crate) fn checked(
    told: NewTerms,
    now: OffsetDateTime,
    faults: &mut Faults,
) -> Result<Terms, GrantsError> {
    if told.patients.is_empty() || told.patients.len() > PATIENTS {
        let reason = format!("1 to {PATIENTS} identities of one patient, each issuer and id");
        faults.add("patients", reason);
    }
    for text in told.patients.iter().flat_map(|one| [&one.issuer, &one.id]) {
        // An id says nothing without who gave it.
        if text.trim().is_empty() || text.contains('\\') {
            faults.add("patients", "an identity has an issuer and an id");
        }
        faults.line("patients", text, TEXT);
    }
    let mut studies = Vec::with_capacity(told.studies.len().min(STUDIES));
    if told.studies.len() > STUDIES {
        faults.add("studies", format!("at most {STUDIES} studies"));
    }
    for text in told.studies.iter().take(STUDIES) {
        match Uid::new(text) {
            Ok(uid) => studies.push(uid),
            Err(error) => faults.add("studies", error.to_string()),
        }
    }
    for (field, day) in [
        ("study_from", &told.study_from),
        ("study_to", &told.study_to),
    ] {
        let form = format_description!("[year][month][day]");
        if !day.is_empty() && Date::parse(day, form).is_err() {
            faults.add(field, format!("{day:?} is no day such as 20260131"));
        }
    }
    if !told.study_to.is_empty() && told.study_to < told.study_from {
        faults.add("study_to", "it lies before study_from");
    }
    faults.line("evidence", &told.evidence, EVIDENCE);
    let from = told.from.unwrap_or(now);
    let until = told.until.unwrap_or(now + ENDLESS);
    if until <= from || until <= now {
        faults.add("until", "it lies behind the beginning, and ahead of now");
    }
    std::mem::take(faults).none()?;
    Ok(Terms {
        patients: told.patients.into_iter().map(trimmed).collect(),
        holder: told.holder,
        studies,
        study_from: told.study_from,
        study_to: told.study_to,
        from,
        until,
        evidence: told.evidence,
    })
}

/// Outer blanks are no part of an id (PS3.5 §6.2).
fn trimmed(patient: PatientIdentity) -> PatientIdentity {
    PatientIdentity {
        issuer: patient.issuer.trim().to_owned(),
        id: patient.id.trim().to_owned(),
    }
}
