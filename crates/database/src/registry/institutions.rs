//! Institutions: entered, and moved from standing to standing.

use model::{CreditCode, InstitutionId, Standing};
use time::OffsetDateTime;

use super::{Conflict, ConflictWith};
use crate::{
    Database, DatabaseError, Deed, moment,
    sql::{Bind, Connection, Row},
};

/// What is told of an institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// First part of every key.
    pub id: InstitutionId,
    /// GB 32100; none for those that the configuration names.
    pub credit_code: Option<CreditCode>,
    /// Which of its campuses (院区); empty where it has one.
    pub campus: String,
    /// Its name.
    pub name: String,
    /// Its level, as 三级甲等.
    pub level: String,
    /// Whose it is, as 公立.
    pub ownership: String,
    /// Where it is, GB/T 2260.
    pub region: String,
}

/// An institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Institution {
    /// What is told of it.
    pub details: Details,
    /// Where it stands.
    pub standing: Standing,
    /// When it was entered.
    pub entered: OffsetDateTime,
}

impl Database {
    /// Enters an institution that the configuration names, at work; one that is known stays as it is.
    pub async fn ensure_institution(&self, id: &InstitutionId) -> Result<(), DatabaseError> {
        let sql = "INSERT INTO institutions \
                   (id, campus, name, level, ownership, region, standing, entered) \
                   VALUES ($1, '', $1, '', '', '', 'active', $2) ON CONFLICT DO NOTHING";
        let now = Bind::number(moment::to_column(self.now())?);
        self.change(sql, vec![Bind::text(id.as_str()), now]).await?;
        Ok(())
    }

    /// Enters institutions, pending, or changes what is told of them: all, or none where rows conflict.
    pub async fn put_institutions(
        &self,
        rows: &[(Deed<'_>, Details)],
    ) -> Result<Vec<Conflict>, DatabaseError> {
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let mut conflicts = Vec::new();
        for (at, (deed, details)) in rows.iter().enumerate() {
            if let Some(other) = same_code(&mut connection, details).await? {
                let with = ConflictWith::CreditCode(other);
                conflicts.push(Conflict { at, with });
                continue;
            }
            put(&mut connection, details, self.now()).await?;
            deed.write(&mut connection, self.now()).await?;
        }
        if conflicts.is_empty() {
            transaction.commit().await?;
        }
        Ok(conflicts)
    }

    /// Moves an institution from one standing to another, in force at the next request of its people. False (and
    /// nothing done): it does not stand so.
    pub async fn set_standing(
        &self,
        deed: &Deed<'_>,
        id: &InstitutionId,
        from: Standing,
        to: Standing,
    ) -> Result<bool, DatabaseError> {
        let sql = "UPDATE institutions SET standing = $3 WHERE id = $1 AND standing = $2";
        let binds = vec![
            Bind::text(id.as_str()),
            Bind::text(from.as_str()),
            Bind::text(to.as_str()),
        ];
        self.done(deed, sql, binds).await
    }

    /// The institutions, by id.
    pub async fn institutions(&self) -> Result<Vec<Institution>, DatabaseError> {
        let sql = format!("SELECT {COLUMNS} FROM institutions ORDER BY id");
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(&sql, Vec::new()).await?;
        rows.iter().map(read).collect()
    }

    /// Whether there are others beside the archive's own.
    pub async fn has_several_institutions(&self) -> Result<bool, DatabaseError> {
        let mut reader = self.reader().await?;
        let sql = "SELECT id FROM institutions LIMIT 2";
        let rows = reader.connection().fetch(sql, Vec::new()).await?;
        Ok(rows.len() > 1)
    }

    /// An institution.
    pub async fn institution(
        &self,
        id: &InstitutionId,
    ) -> Result<Option<Institution>, DatabaseError> {
        let sql = format!("SELECT {COLUMNS} FROM institutions WHERE id = $1");
        let mut reader = self.reader().await?;
        let binds = vec![Bind::text(id.as_str())];
        let row = reader.connection().fetch_first(&sql, binds).await?;
        row.as_ref().map(read).transpose()
    }
}

const COLUMNS: &str = "id, credit_code, campus, name, level, ownership, region, standing, entered";

fn read(row: &Row) -> Result<Institution, DatabaseError> {
    let credit_code = match row.text_or_null(1)? {
        None => None,
        Some(_) => Some(row.parsed(1, |text| text.parse().ok())?),
    };
    Ok(Institution {
        details: Details {
            id: row.parsed(0, |text| InstitutionId::new(text).ok())?,
            credit_code,
            campus: row.text(2)?,
            name: row.text(3)?,
            level: row.text(4)?,
            ownership: row.text(5)?,
            region: row.text(6)?,
        },
        standing: row.parsed(7, |text| text.parse().ok())?,
        entered: moment::from_column(row.number(8)?)?,
    })
}

fn code(details: &Details) -> Bind {
    Bind::Text(details.credit_code.as_ref().map(ToString::to_string))
}

/// Another institution of the same credit code and campus.
async fn same_code(
    connection: &mut Connection<'_>,
    details: &Details,
) -> Result<Option<InstitutionId>, DatabaseError> {
    let sql = "SELECT id FROM institutions WHERE credit_code = $2 AND campus = $3 AND id <> $1";
    let binds = vec![
        Bind::text(details.id.as_str()),
        code(details),
        Bind::text(details.campus.as_str()),
    ];
    let row = connection.fetch_first(sql, binds).await?;
    row.map(|row| row.parsed(0, |text| InstitutionId::new(text).ok()))
        .transpose()
}

async fn put(
    connection: &mut Connection<'_>,
    details: &Details,
    now: OffsetDateTime,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO institutions \
               (id, credit_code, campus, name, level, ownership, region, standing, entered) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', $8) \
               ON CONFLICT (id) DO UPDATE SET credit_code = $2, campus = $3, name = $4, \
               level = $5, ownership = $6, region = $7";
    let binds = vec![
        Bind::text(details.id.as_str()),
        code(details),
        Bind::text(details.campus.as_str()),
        Bind::text(details.name.as_str()),
        Bind::text(details.level.as_str()),
        Bind::text(details.ownership.as_str()),
        Bind::text(details.region.as_str()),
        Bind::number(moment::to_column(now)?),
    ];
    connection.execute(sql, binds).await?;
    Ok(())
}
