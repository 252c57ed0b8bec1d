//! Grants: written down and ended.

use model::InstitutionId;
use time::OffsetDateTime;
use ulid::Ulid;

use super::{
    NewGrant,
    terms::{listed, or_any, ulid},
};
use crate::{
    Database, DatabaseError, Deed, moment,
    sql::{Bind, Connection},
};

impl Database {
    /// Writes a grant down, in force from its beginning.
    pub async fn add_grant(&self, deed: &Deed<'_>, grant: &NewGrant) -> Result<(), DatabaseError> {
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        add(&mut connection, deed, grant, self.now()).await?;
        deed.write(&mut connection, self.now()).await?;
        transaction.commit().await
    }

    /// Writes an encounter down, or, where its reader has that visit, what is told of it now; the grant that it is.
    pub async fn put_encounter(
        &self,
        deed: &Deed<'_>,
        encounter: &NewGrant,
    ) -> Result<Ulid, DatabaseError> {
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let sql = "SELECT grant_id FROM grants WHERE reader_id = $1 AND reference = $2";
        let key = [
            Bind::text(encounter.reader.as_str()),
            Bind::text(encounter.reference.as_str()),
        ];
        let known = connection.fetch_first(sql, key.to_vec()).await?;
        let id = match known {
            None => {
                add(&mut connection, deed, encounter, self.now()).await?;
                encounter.id
            }
            Some(row) => {
                let id = ulid(&row, 0)?;
                let sql = "UPDATE grants SET valid_from = $2, valid_until = $3, evidence = $4, \
                           holder_id = $5, study_from = $6, study_to = $7, ended = NULL \
                           WHERE grant_id = $1";
                let binds = vec![
                    Bind::text(id.to_string()),
                    Bind::number(moment::to_column(encounter.terms.from)?),
                    Bind::number(moment::to_column(encounter.terms.until)?),
                    Bind::text(encounter.terms.evidence.as_str()),
                    or_any(encounter.terms.holder.as_ref()),
                    Bind::text(encounter.terms.study_from.as_str()),
                    Bind::text(encounter.terms.study_to.as_str()),
                ];
                connection.execute(sql, binds).await?;
                let sql = "DELETE FROM bases WHERE grant_id = $1";
                let binds = vec![Bind::text(id.to_string())];
                connection.execute(sql, binds).await?;
                bases(&mut connection, id, encounter).await?;
                id
            }
        };
        deed.write(&mut connection, self.now()).await?;
        transaction.commit().await?;
        Ok(id)
    }

    /// Ends a grant that `institution` wrote down, at `until` where that is before its end. False (and nothing done):
    /// there is none, or it was ended before.
    pub async fn end_grant(
        &self,
        deed: &Deed<'_>,
        institution: &InstitutionId,
        id: Ulid,
        until: OffsetDateTime,
    ) -> Result<bool, DatabaseError> {
        let sql = "UPDATE grants SET ended = $3, \
                   valid_until = CASE WHEN valid_until < $4 THEN valid_until ELSE $4 END \
                   WHERE grant_id = $1 AND recorded_at = $2 AND ended IS NULL AND valid_until > $3";
        let binds = vec![
            Bind::text(id.to_string()),
            Bind::text(institution.as_str()),
            Bind::number(moment::to_column(self.now())?),
            Bind::number(moment::to_column(until)?),
        ];
        self.done(deed, sql, binds).await
    }
}

/// Writes a grant and what it comes to in the caller's transaction.
pub(super) async fn add(
    connection: &mut Connection<'_>,
    deed: &Deed<'_>,
    grant: &NewGrant,
    now: OffsetDateTime,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO grants (grant_id, basis, reader_id, account, holder_id, study_from, \
               study_to, categories, reference, evidence, valid_from, valid_until, recorded, \
               recorded_by, recorded_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let terms = &grant.terms;
    let binds = vec![
        Bind::text(grant.id.to_string()),
        Bind::text(grant.basis.as_str()),
        Bind::text(grant.reader.as_str()),
        Bind::text(grant.account.as_deref().unwrap_or_default()),
        or_any(terms.holder.as_ref()),
        Bind::text(terms.study_from.as_str()),
        Bind::text(terms.study_to.as_str()),
        listed(&grant.categories),
        Bind::text(grant.reference.as_str()),
        Bind::text(terms.evidence.as_str()),
        Bind::number(moment::to_column(terms.from)?),
        Bind::number(moment::to_column(terms.until)?),
        Bind::number(moment::to_column(now)?),
        Bind::text(deed.actor.as_str()),
        Bind::text(deed.institution.as_str()),
    ];
    connection.execute(sql, binds).await?;
    bases(connection, grant.id, grant).await
}

async fn bases(
    connection: &mut Connection<'_>,
    id: Ulid,
    grant: &NewGrant,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO bases (grant_id, reader_id, issuer, patient_id, study_uid) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    for pair in grant.terms.pairs() {
        let mut binds = vec![
            Bind::text(id.to_string()),
            Bind::text(grant.reader.as_str()),
        ];
        binds.extend(pair);
        connection.execute(sql, binds).await?;
    }
    Ok(())
}
