//! A version whose bytes were lost gets those of a resend.

use std::collections::BTreeSet;

use model::ObjectKey;

use super::{
    Committed, NewInstance,
    delete::lock,
    rebuild,
    retries::Retries,
    versions::{self, State},
};
use crate::{Database, DatabaseError, moment, sql::Bind};

impl Database {
    /// Has the row of `old` name the object `new`, which holds the same data set in the same
    /// transfer syntax, with where, when and from whom that came. Versions and parents of the study
    /// are put right as if `new` alone had been received. None, and nothing done, when no row names
    /// `old`.
    pub async fn move_version(
        &self,
        old: &ObjectKey,
        new: &NewInstance,
    ) -> Result<Option<Committed>, DatabaseError> {
        let mut retries = Retries::default();
        loop {
            match self.move_once(old, new).await {
                Err(error) if retries.again(&error).await => {}
                other => return other,
            }
        }
    }

    async fn move_once(
        &self,
        old: &ObjectKey,
        new: &NewInstance,
    ) -> Result<Option<Committed>, DatabaseError> {
        let study = old.instance.study_key();
        let now = Bind::number(moment::to_column(self.now())?);
        let instance = [
            Bind::text(study.institution.as_str()),
            Bind::text(study.study.as_str()),
            Bind::text(old.instance.series.as_str()),
            Bind::text(old.instance.sop.as_str()),
        ];
        let with = |more: &[Bind]| -> Vec<Bind> { instance.iter().chain(more).cloned().collect() };
        let old_ulid = Bind::text(old.ulid.to_string());
        let new_ulid = Bind::text(new.object.ulid.to_string());
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        lock(&mut connection, &study).await?;

        let named = "SELECT issuer, patient_id FROM instances WHERE institution_id = $1 AND \
                     study_uid = $2 AND series_uid = $3 AND sop_uid = $4 AND ulid = $5";
        let binds = with(std::slice::from_ref(&old_ulid));
        let Some(row) = connection.fetch_first(named, binds.clone()).await? else {
            return Ok(None);
        };
        let patients = BTreeSet::from([
            (row.text(0)?, row.text(1)?),
            (new.issuer.clone(), row.text(1)?),
        ]);
        let unmark = "DELETE FROM damaged WHERE institution_id = $1 AND study_uid = $2 AND \
                      series_uid = $3 AND sop_uid = $4 AND ulid = $5";
        connection.execute(unmark, binds).await?;
        let origin = new.origin_text()?;
        let change = "UPDATE instances SET ulid = $6, length = $7, dataset_offset = $8, \
                      received = $9, origin = $10, issuer = $11 WHERE institution_id = $1 AND \
                      study_uid = $2 AND series_uid = $3 AND sop_uid = $4 AND ulid = $5";
        let binds = with(&[
            old_ulid.clone(),
            new_ulid.clone(),
            Bind::size("the length of an object", new.length)?,
            Bind::number(new.dataset_offset.into()),
            Bind::number(moment::to_column(new.received)?),
            Bind::text(origin),
            Bind::text(new.issuer.as_str()),
        ]);
        connection.execute(change, binds).await?;
        rebuild::study(&mut connection, &study, &patients).await?;

        let versions = "SELECT ulid, state FROM instances WHERE institution_id = $1 AND \
                        study_uid = $2 AND series_uid = $3 AND sop_uid = $4";
        let rows = connection.fetch(versions, with(&[])).await?;
        let mut state = State::Shown;
        for row in &rows {
            if row.text(0)? == new.object.ulid.to_string() {
                state = row.parsed(1, State::parse)?;
            }
        }
        let told = "INSERT INTO outbox (institution_id, study_uid, series_uid, sop_uid, ulid, kind, \
                    at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let kind = if state == State::Shown {
            "stored"
        } else {
            "kept"
        };
        for (ulid, kind) in [(old_ulid, "deleted"), (new_ulid, kind)] {
            let binds = with(&[ulid, Bind::text(kind), now.clone()]);
            connection.execute(told, binds).await?;
        }
        transaction.commit().await?;
        Ok(Some(versions::outcome(state, rows.len() - 1)))
    }
}
