//! The facts of `access::ground`: always the same statements, whether there is anything to be told or not.

use access::{Facts, FactsPort, FactsUnavailable, Grant, Holding, Prohibition, Reach, Reader};
use async_trait::async_trait;
use model::{PatientIdentity, Uid};
use ulid::Ulid;

use super::{
    prohibitions::prohibitor,
    terms::{categories, instant, institution, patient, some_institution, some_study, ulid},
};
use crate::{
    Database, DatabaseError, moment,
    sql::{Bind, Row},
};

/// Holdings of the study `$1`, with a row for each of their categories.
const HOLDINGS: &str = "SELECT s.institution_id, s.issuer, s.patient_id, s.study_uid, \
    s.study_date, s.first_ulid, c.category FROM studies s LEFT JOIN sensitive_studies c \
    ON c.institution_id = s.institution_id AND c.study_uid = s.study_uid \
    WHERE s.study_uid = $1";

/// Grants to `$1` for a patient of the study `$2` that have not ended at `$3`.
const GRANTS: &str = "SELECT DISTINCT b.issuer, b.patient_id, g.holder_id, b.study_uid, \
    g.study_from, g.study_to, g.valid_from, g.valid_until, g.grant_id, g.basis, g.reader_id, \
    g.account, g.categories FROM studies s JOIN bases b ON b.reader_id = $1 \
    AND b.issuer = s.issuer AND b.patient_id = s.patient_id \
    JOIN grants g ON g.grant_id = b.grant_id WHERE s.study_uid = $2 AND g.valid_until > $3";

/// Prohibitions to `$1` by a patient of the study `$2` that have not ended at `$3`.
const PROHIBITIONS: &str = "SELECT DISTINCT d.issuer, d.patient_id, f.holder_id, d.study_uid, \
    f.study_from, f.study_to, f.valid_from, f.valid_until, f.prohibition_id, f.prohibitor, \
    f.reader_id, f.category FROM studies s JOIN prohibited d \
    ON d.issuer = s.issuer AND d.patient_id = s.patient_id \
    JOIN prohibitions f ON f.prohibition_id = d.prohibition_id \
    WHERE s.study_uid = $2 AND f.reader_id IN ('', $1) AND f.valid_until > $3";

impl Database {
    async fn facts_of(&self, reader: &Reader, study: &Uid) -> Result<Facts, DatabaseError> {
        let key = vec![Bind::text(study.as_str())];
        let at = vec![
            Bind::text(reader.institution.as_str()),
            Bind::text(study.as_str()),
            Bind::number(moment::to_column(self.now())?),
        ];
        let mut lent = self.reader().await?;
        let mut connection = lent.connection();
        let holdings = holdings(&connection.fetch(HOLDINGS, key).await?)?;
        let grants = connection.fetch(GRANTS, at.clone()).await?;
        let prohibitions = connection.fetch(PROHIBITIONS, at).await?;
        let is_own = |holding: &Holding| holding.institution == reader.institution;
        Ok(Facts {
            is_held: holdings.iter().any(is_own),
            holdings,
            grants: grants.iter().map(grant).collect::<Result<_, _>>()?,
            prohibitions: prohibitions
                .iter()
                .map(prohibition)
                .collect::<Result<_, _>>()?,
        })
    }
}

#[async_trait]
impl FactsPort for Database {
    async fn facts(&self, reader: &Reader, study: &Uid) -> Result<Facts, FactsUnavailable> {
        let facts = self.facts_of(reader, study).await;
        facts.map_err(|error| FactsUnavailable(Box::new(error)))
    }
}

fn holdings(rows: &[Row]) -> Result<Vec<Holding>, DatabaseError> {
    let mut holdings: Vec<Holding> = Vec::new();
    for row in rows {
        let institution = institution(row, 0)?;
        let category = row.text_or_null(6)?;
        let known = holdings
            .iter_mut()
            .find(|holding| holding.institution == institution);
        if let Some(holding) = known {
            holding.categories.extend(category);
            continue;
        }
        holdings.push(Holding {
            institution,
            patient: PatientIdentity {
                issuer: row.text(1)?,
                id: row.text(2)?,
            },
            study: row.parsed(3, |text| Uid::new(text).ok())?,
            study_date: row.text(4)?,
            first: row.parsed(5, |text| Ulid::from_string(text).ok())?,
            categories: category.into_iter().collect(),
        });
    }
    Ok(holdings)
}

/// The first eight columns of a grant or a prohibition.
fn reach(row: &Row) -> Result<Reach, DatabaseError> {
    Ok(Reach {
        patient: patient(row, 0)?,
        holder: some_institution(row, 2)?,
        study: some_study(row, 3)?,
        study_from: row.text(4)?,
        study_to: row.text(5)?,
        from: instant(row, 6)?,
        until: instant(row, 7)?,
    })
}

fn grant(row: &Row) -> Result<Grant, DatabaseError> {
    let account = row.text(11)?;
    Ok(Grant {
        reach: reach(row)?,
        id: ulid(row, 8)?,
        basis: row.parsed(9, |text| text.parse().ok())?,
        reader: institution(row, 10)?,
        account: (!account.is_empty()).then_some(account),
        categories: categories(&row.text(12)?),
    })
}

fn prohibition(row: &Row) -> Result<Prohibition, DatabaseError> {
    Ok(Prohibition {
        reach: reach(row)?,
        by: row.parsed(9, prohibitor)?,
        reader: some_institution(row, 10)?,
        category: row.text(11)?,
    })
}
