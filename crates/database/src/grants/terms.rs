//! What grants and prohibitions have in common, and how the columns hold it.

use std::collections::BTreeMap;

use model::{InstitutionId, PatientIdentity, Uid};
use time::OffsetDateTime;
use ulid::Ulid;

use crate::{
    DatabaseError, moment,
    sql::{Bind, Connection, Row},
};

/// Which studies something is about, and how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Whose: one person may have several identities.
    pub patients: Vec<PatientIdentity>,
    /// Held by whom; none: by anybody.
    pub holder: Option<InstitutionId>,
    /// Which studies; empty: all.
    pub studies: Vec<Uid>,
    /// Made on that day, `YYYYMMDD`, or later; empty: whenever.
    pub study_from: String,
    /// Made on that day or earlier; empty: whenever.
    pub study_to: String,
    /// In force from then.
    pub from: OffsetDateTime,
    /// In force before then.
    pub until: OffsetDateTime,
    /// What proves it, as the number of a form.
    pub evidence: String,
}

/// When and by whom something was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// When.
    pub at: OffsetDateTime,
    /// By whom: `access::Actor::label`.
    pub by: String,
    /// Of which institution.
    pub institution: InstitutionId,
    /// When it was ended before its time.
    pub ended: Option<OffsetDateTime>,
}

/// Empty for none.
pub(super) fn or_any(institution: Option<&InstitutionId>) -> Bind {
    Bind::text(institution.map_or("", InstitutionId::as_str))
}

/// What [`or_any`] wrote.
pub(super) fn some_institution(
    row: &Row,
    column: usize,
) -> Result<Option<InstitutionId>, DatabaseError> {
    match row.text(column)?.as_str() {
        "" => Ok(None),
        _ => Ok(Some(institution(row, column)?)),
    }
}

pub(super) fn institution(row: &Row, column: usize) -> Result<InstitutionId, DatabaseError> {
    row.parsed(column, |text| InstitutionId::new(text).ok())
}

pub(super) fn ulid(row: &Row, column: usize) -> Result<Ulid, DatabaseError> {
    row.parsed(column, |text| Ulid::from_string(text).ok())
}

/// A study that a row names; none where it is empty.
pub(super) fn some_study(row: &Row, column: usize) -> Result<Option<Uid>, DatabaseError> {
    match row.text(column)?.as_str() {
        "" => Ok(None),
        _ => Ok(Some(row.parsed(column, |text| Uid::new(text).ok())?)),
    }
}

pub(super) fn instant(row: &Row, column: usize) -> Result<OffsetDateTime, DatabaseError> {
    moment::from_column(row.number(column)?)
}

pub(super) fn some_instant(
    row: &Row,
    column: usize,
) -> Result<Option<OffsetDateTime>, DatabaseError> {
    row.number_or_null(column)?
        .map(moment::from_column)
        .transpose()
}

pub(super) fn patient(row: &Row, column: usize) -> Result<PatientIdentity, DatabaseError> {
    Ok(PatientIdentity {
        issuer: row.text(column)?,
        id: row.text(column + 1)?,
    })
}

impl Terms {
    /// Each patient with each study, as the rows of what grants and prohibitions come to.
    pub(super) fn pairs(&self) -> impl Iterator<Item = [Bind; 3]> + '_ {
        let every = self.studies.is_empty().then_some("");
        self.patients.iter().flat_map(move |patient| {
            let named = self.studies.iter().map(Uid::as_str);
            named.chain(every).map(|study| {
                [
                    Bind::text(patient.issuer.as_str()),
                    Bind::text(patient.id.as_str()),
                    Bind::text(study),
                ]
            })
        })
    }
}

/// Whose and which studies the rows of `table` name, by the key in `column`, for each of `keys`.
pub(super) async fn named(
    connection: &mut Connection<'_>,
    (table, column): (&'static str, &'static str),
    keys: &[Ulid],
) -> Result<BTreeMap<Ulid, (Vec<PatientIdentity>, Vec<Uid>)>, DatabaseError> {
    let mut named: BTreeMap<Ulid, (Vec<PatientIdentity>, Vec<Uid>)> = BTreeMap::new();
    if keys.is_empty() {
        return Ok(named);
    }
    let places: Vec<String> = (1..=keys.len()).map(|place| format!("${place}")).collect();
    let sql = format!(
        "SELECT {column}, issuer, patient_id, study_uid FROM {table} WHERE {column} IN ({}) \
         ORDER BY {column}, issuer, patient_id, study_uid",
        places.join(", ")
    );
    let binds = keys.iter().map(|key| Bind::text(key.to_string())).collect();
    for row in &connection.fetch(&sql, binds).await? {
        let (patients, studies) = named.entry(ulid(row, 0)?).or_default();
        let patient = patient(row, 1)?;
        if !patients.contains(&patient) {
            patients.push(patient);
        }
        if let Some(study) = some_study(row, 3)?
            && !studies.contains(&study)
        {
            studies.push(study);
        }
    }
    Ok(named)
}

/// Categories as a column holds them: every one between commas.
pub(super) fn listed(categories: &[String]) -> Bind {
    let inner: String = categories.iter().map(|one| format!("{one},")).collect();
    Bind::text(format!(",{inner}"))
}

/// What [`listed`] wrote.
pub(super) fn categories(text: &str) -> Vec<String> {
    let some = text.split(',').filter(|one| !one.is_empty());
    some.map(str::to_owned).collect()
}
