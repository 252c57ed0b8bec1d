//! Grants as they are listed.

use model::{Basis, InstitutionId};
use ulid::Ulid;

use super::{
    GrantRow, NewGrant, Page,
    terms::{self, Recorded, Terms, instant, institution, named, some_instant, some_institution},
};
use crate::{
    Database, DatabaseError,
    sql::{Bind, Connection, Row},
};

const COLUMNS: &str = "g.grant_id, g.basis, g.reader_id, g.account, g.holder_id, g.study_from, \
                       g.study_to, g.categories, g.reference, g.evidence, g.valid_from, \
                       g.valid_until, g.ended, g.recorded, g.recorded_by, g.recorded_at";

impl Database {
    /// Grants to an institution, for what it holds by name, and those that it wrote down; the latest first.
    pub async fn grants(&self, page: &Page<'_>) -> Result<Vec<GrantRow>, DatabaseError> {
        let condition = "(g.reader_id = $1 OR g.holder_id = $1 OR g.recorded_at = $1)";
        self.listed(condition, page).await
    }

    async fn listed(
        &self,
        condition: &str,
        page: &Page<'_>,
    ) -> Result<Vec<GrantRow>, DatabaseError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM grants g WHERE {condition} AND g.grant_id < $2 \
             ORDER BY g.grant_id DESC LIMIT $3"
        );
        let mut reader = self.reader().await?;
        let mut connection = reader.connection();
        let rows = connection.fetch(&sql, page.binds()).await?;
        with_names(&mut connection, &rows).await
    }

    /// A grant.
    pub async fn grant(&self, id: Ulid) -> Result<Option<GrantRow>, DatabaseError> {
        let sql = format!("SELECT {COLUMNS} FROM grants g WHERE g.grant_id = $1");
        let mut reader = self.reader().await?;
        let mut connection = reader.connection();
        let rows = connection
            .fetch(&sql, vec![Bind::text(id.to_string())])
            .await?;
        Ok(with_names(&mut connection, &rows).await?.pop())
    }

    /// The encounter of a visit at an institution.
    pub async fn encounter(
        &self,
        reader: &InstitutionId,
        visit: &str,
    ) -> Result<Option<GrantRow>, DatabaseError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM grants g WHERE g.reader_id = $1 AND g.reference = $2 \
             AND g.reference <> ''"
        );
        let mut lent = self.reader().await?;
        let mut connection = lent.connection();
        let binds = vec![Bind::text(reader.as_str()), Bind::text(visit)];
        let rows = connection.fetch(&sql, binds).await?;
        Ok(with_names(&mut connection, &rows).await?.pop())
    }
}

impl Page<'_> {
    /// Institution, the key to begin before, how many.
    pub(super) fn binds(&self) -> Vec<Bind> {
        // Above every ULID where there is none.
        let before = self.before.map_or("~".to_owned(), |id| id.to_string());
        vec![
            Bind::text(self.institution.as_str()),
            Bind::text(before),
            Bind::number(self.limit.into()),
        ]
    }
}

async fn with_names(
    connection: &mut Connection<'_>,
    rows: &[Row],
) -> Result<Vec<GrantRow>, DatabaseError> {
    let mut grants = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let keys: Vec<Ulid> = grants.iter().map(|row| row.grant.id).collect();
    let mut named = named(connection, ("bases", "grant_id"), &keys).await?;
    for row in &mut grants {
        let (patients, studies) = named.remove(&row.grant.id).unwrap_or_default();
        row.grant.terms.patients = patients;
        row.grant.terms.studies = studies;
    }
    Ok(grants)
}

fn read(row: &Row) -> Result<GrantRow, DatabaseError> {
    let account = row.text(3)?;
    Ok(GrantRow {
        grant: NewGrant {
            id: terms::ulid(row, 0)?,
            basis: row.parsed(1, |text| text.parse::<Basis>().ok())?,
            reader: institution(row, 2)?,
            account: (!account.is_empty()).then_some(account),
            categories: terms::categories(&row.text(7)?),
            reference: row.text(8)?,
            terms: Terms {
                patients: Vec::new(),
                holder: some_institution(row, 4)?,
                studies: Vec::new(),
                study_from: row.text(5)?,
                study_to: row.text(6)?,
                from: instant(row, 10)?,
                until: instant(row, 11)?,
                evidence: row.text(9)?,
            },
        },
        recorded: Recorded {
            ended: some_instant(row, 12)?,
            at: instant(row, 13)?,
            by: row.text(14)?,
            institution: institution(row, 15)?,
        },
    })
}
