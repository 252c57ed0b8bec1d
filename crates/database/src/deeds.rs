//! What administrators did: each is written in the transaction that does it.

use model::InstitutionId;
use time::OffsetDateTime;

use crate::{
    Database, DatabaseError, moment,
    sql::{Bind, Connection},
};

/// What somebody does to an account, a token or an institution, as it is written down.
#[derive(Clone, Debug)]
pub struct Deed<'a> {
    /// Whose account or token it is; the archive's own for institutions.
    pub institution: &'a InstitutionId,
    /// Who does it: `access::Actor::label`.
    pub actor: String,
    /// What is done, as `user_made`.
    pub deed: &'static str,
    /// The name of the account, token, institution or application entity.
    pub subject: &'a str,
    /// What else is to be known, as the roles; never a secret.
    pub detail: String,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeedRow {
    /// Its number: later deeds have higher ones.
    pub number: u64,
    /// Who did it.
    pub actor: String,
    /// What was done.
    pub deed: String,
    /// To whom or what.
    pub subject: String,
    /// What else is known.
    pub detail: String,
    /// When.
    pub done: OffsetDateTime,
}

impl Deed<'_> {
    /// The key of the account or token.
    pub(crate) fn key(&self) -> [Bind; 2] {
        [
            Bind::text(self.institution.as_str()),
            Bind::text(self.subject),
        ]
    }

    /// Writes it in the caller's transaction.
    pub(crate) async fn write(
        &self,
        connection: &mut Connection<'_>,
        now: OffsetDateTime,
    ) -> Result<(), DatabaseError> {
        let sql = "INSERT INTO deeds (institution_id, actor, deed, subject, detail, done) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let binds = vec![
            Bind::text(self.institution.as_str()),
            Bind::text(self.actor.as_str()),
            Bind::text(self.deed),
            Bind::text(self.subject),
            Bind::text(self.detail.as_str()),
            Bind::number(moment::to_column(now)?),
        ];
        connection.execute(sql, binds).await?;
        Ok(())
    }
}

impl Database {
    /// Runs a statement and writes the deed, both or none; false (and nothing done) when it changes no row.
    pub(crate) async fn done(
        &self,
        deed: &Deed<'_>,
        sql: &str,
        binds: Vec<Bind>,
    ) -> Result<bool, DatabaseError> {
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        if connection.execute(sql, binds).await? == 0 {
            return Ok(false);
        }
        deed.write(&mut connection, self.now()).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// At most `limit` deeds in an institution, the latest first; `before`: only those with a lower number.
    pub async fn deeds(
        &self,
        institution: &InstitutionId,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<DeedRow>, DatabaseError> {
        let sql = "SELECT number, actor, deed, subject, detail, done FROM deeds \
                   WHERE institution_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3";
        let before = before.and_then(|number| i64::try_from(number).ok());
        let binds = vec![
            Bind::text(institution.as_str()),
            Bind::number(before.unwrap_or(i64::MAX)),
            Bind::number(limit.into()),
        ];
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(sql, binds).await?;
        let read = rows.iter().map(|row| {
            Ok(DeedRow {
                number: row.size(0)?,
                actor: row.text(1)?,
                deed: row.text(2)?,
                subject: row.text(3)?,
                detail: row.text(4)?,
                done: moment::from_column(row.number(5)?)?,
            })
        });
        read.collect()
    }
}
