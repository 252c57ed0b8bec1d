//! Prohibitions: written down, lifted, and listed.

use access::Prohibitor;
use model::InstitutionId;
use ulid::Ulid;

use super::{
    Page,
    terms::{
        Recorded, Terms, instant, institution, named, or_any, some_instant, some_institution, ulid,
    },
};
use crate::{
    Database, DatabaseError, Deed, moment,
    sql::{Bind, Row},
};

/// What keeps others from seeing what is held of a patient, as it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProhibition {
    /// Its key.
    pub id: Ulid,
    /// Who forbids.
    pub by: Prohibitor,
    /// The institution that may not see; none: nobody else than the holder.
    pub reader: Option<InstitutionId>,
    /// Only studies of this sensitive category; empty: all.
    pub category: String,
    /// What may not be seen, and how long.
    pub terms: Terms,
}

/// A prohibition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProhibitionRow {
    /// What was written down; its end is the earlier one where it was lifted.
    pub prohibition: NewProhibition,
    /// When and by whom.
    pub recorded: Recorded,
}

impl Database {
    /// Writes a prohibition down, in force from its beginning.
    pub async fn add_prohibition(
        &self,
        deed: &Deed<'_>,
        prohibition: &NewProhibition,
    ) -> Result<(), DatabaseError> {
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let sql = "INSERT INTO prohibitions (prohibition_id, prohibitor, reader_id, holder_id, \
                   study_from, study_to, category, evidence, valid_from, valid_until, recorded, \
                   recorded_by, recorded_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        let terms = &prohibition.terms;
        let binds = vec![
            Bind::text(prohibition.id.to_string()),
            Bind::text(prohibition.by.as_str()),
            or_any(prohibition.reader.as_ref()),
            or_any(terms.holder.as_ref()),
            Bind::text(terms.study_from.as_str()),
            Bind::text(terms.study_to.as_str()),
            Bind::text(prohibition.category.as_str()),
            Bind::text(terms.evidence.as_str()),
            Bind::number(moment::to_column(terms.from)?),
            Bind::number(moment::to_column(terms.until)?),
            Bind::number(moment::to_column(self.now())?),
            Bind::text(deed.actor.as_str()),
            Bind::text(deed.institution.as_str()),
        ];
        connection.execute(sql, binds).await?;
        let sql = "INSERT INTO prohibited (prohibition_id, issuer, patient_id, study_uid) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        for pair in terms.pairs() {
            let mut binds = vec![Bind::text(prohibition.id.to_string())];
            binds.extend(pair);
            connection.execute(sql, binds).await?;
        }
        deed.write(&mut connection, self.now()).await?;
        transaction.commit().await
    }

    /// Lifts a prohibition that `institution` wrote down. False (and nothing done): there is none, or it has ended.
    pub async fn lift_prohibition(
        &self,
        deed: &Deed<'_>,
        institution: &InstitutionId,
        id: Ulid,
    ) -> Result<bool, DatabaseError> {
        let sql = "UPDATE prohibitions SET ended = $3, valid_until = $3 \
                   WHERE prohibition_id = $1 AND recorded_at = $2 AND ended IS NULL \
                   AND valid_until > $3";
        let binds = vec![
            Bind::text(id.to_string()),
            Bind::text(institution.as_str()),
            Bind::number(moment::to_column(self.now())?),
        ];
        self.done(deed, sql, binds).await
    }

    /// Prohibitions that an institution wrote down; the latest first.
    pub async fn prohibitions(
        &self,
        page: &Page<'_>,
    ) -> Result<Vec<ProhibitionRow>, DatabaseError> {
        let sql = "SELECT prohibition_id, prohibitor, reader_id, holder_id, study_from, study_to, \
                   category, evidence, valid_from, valid_until, ended, recorded, recorded_by, \
                   recorded_at FROM prohibitions WHERE recorded_at = $1 AND prohibition_id < $2 \
                   ORDER BY prohibition_id DESC LIMIT $3";
        let mut reader = self.reader().await?;
        let mut connection = reader.connection();
        let rows = connection.fetch(sql, page.binds()).await?;
        let mut listed = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let keys: Vec<Ulid> = listed.iter().map(|row| row.prohibition.id).collect();
        let mut named = named(&mut connection, ("prohibited", "prohibition_id"), &keys).await?;
        for row in &mut listed {
            let (patients, studies) = named.remove(&row.prohibition.id).unwrap_or_default();
            row.prohibition.terms.patients = patients;
            row.prohibition.terms.studies = studies;
        }
        Ok(listed)
    }
}

pub(super) fn prohibitor(text: &str) -> Option<Prohibitor> {
    Prohibitor::ALL.into_iter().find(|by| by.as_str() == text)
}

fn read(row: &Row) -> Result<ProhibitionRow, DatabaseError> {
    Ok(ProhibitionRow {
        prohibition: NewProhibition {
            id: ulid(row, 0)?,
            by: row.parsed(1, prohibitor)?,
            reader: some_institution(row, 2)?,
            category: row.text(6)?,
            terms: Terms {
                patients: Vec::new(),
                holder: some_institution(row, 3)?,
                studies: Vec::new(),
                study_from: row.text(4)?,
                study_to: row.text(5)?,
                from: instant(row, 8)?,
                until: instant(row, 9)?,
                evidence: row.text(7)?,
            },
        },
        recorded: Recorded {
            ended: some_instant(row, 10)?,
            at: instant(row, 11)?,
            by: row.text(12)?,
            institution: institution(row, 13)?,
        },
    })
}
