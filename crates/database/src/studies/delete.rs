//! Taking versions out of the index.

use std::collections::{BTreeMap, BTreeSet};

use model::{ObjectKey, Rejection, StudyKey};

use super::{rebuild, retries::Retries};
use crate::{
    Database, DatabaseError, moment,
    sql::{Bind, Connection, Dialect},
};

impl Database {
    /// Takes the rows of these objects out of the index, all or none, with a change for each, and
    /// parents that have nothing left. What else their studies hold is put right: another version may
    /// be shown now, attributes come from the earliest that is left. Keys that no row names are
    /// passed over.
    pub async fn forget(&self, keys: &[ObjectKey]) -> Result<(), DatabaseError> {
        let mut studies: BTreeMap<StudyKey, Vec<&ObjectKey>> = BTreeMap::new();
        for key in keys {
            let study = key.instance.study_key();
            studies.entry(study).or_default().push(key);
        }
        let now = Bind::number(moment::to_column(self.now())?);
        let mut retries = Retries::default();
        loop {
            match self.forget_once(&studies, &now).await {
                Err(error) if retries.again(&error).await => {}
                other => return other,
            }
        }
    }

    async fn forget_once(
        &self,
        studies: &BTreeMap<StudyKey, Vec<&ObjectKey>>,
        now: &Bind,
    ) -> Result<(), DatabaseError> {
        let mut transaction = self.begin().await?;
        for (study, keys) in studies {
            let mut connection = transaction.connection();
            take_out(&mut connection, study, keys, now, &Out::Deleted).await?;
        }
        transaction.commit().await
    }
}

/// Why versions leave the index.
pub(super) enum Out {
    Deleted,
    /// Their key and what verify and a restore need is kept.
    Rejected {
        rejection: Rejection,
        at: Bind,
    },
}

/// Takes versions of one study out, in the caller's transaction; gives how many it were.
pub(super) async fn take_out(
    connection: &mut Connection<'_>,
    study: &StudyKey,
    keys: &[&ObjectKey],
    now: &Bind,
    out: &Out,
) -> Result<u64, DatabaseError> {
    lock(connection, study).await?;
    let keep = "INSERT INTO rejected (institution_id, study_uid, series_uid, sop_uid, ulid, \
                sop_class, transfer_syntax, length, dataset_offset, digest, code, at) \
                SELECT institution_id, study_uid, series_uid, sop_uid, ulid, sop_class, \
                transfer_syntax, length, dataset_offset, digest, $6, $7 FROM instances \
                WHERE institution_id = $1 AND study_uid = $2 AND series_uid = $3 \
                AND sop_uid = $4 AND ulid = $5 ON CONFLICT DO NOTHING";
    let unkeep = "DELETE FROM rejected WHERE institution_id = $1 AND study_uid = $2 AND \
                  series_uid = $3 AND sop_uid = $4 AND ulid = $5";
    let gone = "DELETE FROM instances WHERE institution_id = $1 AND study_uid = $2 AND \
                series_uid = $3 AND sop_uid = $4 AND ulid = $5 RETURNING issuer, patient_id";
    let told = "INSERT INTO outbox (institution_id, study_uid, series_uid, sop_uid, ulid, kind, at) \
                VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let mut patients = BTreeSet::new();
    let mut count = 0;
    for key in keys {
        let binds = vec![
            Bind::text(study.institution.as_str()),
            Bind::text(study.study.as_str()),
            Bind::text(key.instance.series.as_str()),
            Bind::text(key.instance.sop.as_str()),
            Bind::text(key.ulid.to_string()),
        ];
        let with = |more: [Bind; 2]| binds.iter().cloned().chain(more).collect();
        let kind = match out {
            Out::Deleted => {
                connection.execute(unkeep, binds.clone()).await?;
                "deleted"
            }
            Out::Rejected { rejection, at } => {
                let kept = with([Bind::text(rejection.code()), at.clone()]);
                connection.execute(keep, kept).await?;
                "rejected"
            }
        };
        let Some(row) = connection.fetch_first(gone, binds.clone()).await? else {
            continue;
        };
        count += 1;
        patients.insert((row.text(0)?, row.text(1)?));
        let told_of = with([Bind::text(kind), now.clone()]);
        connection.execute(told, told_of).await?;
    }
    if !patients.is_empty() {
        rebuild::study(connection, study, &patients).await?;
    }
    Ok(count)
}

/// PostgreSQL: whoever writes into the study refers to one of these rows; none is in flight past
/// this lock. SQLite has one writer at a time.
pub(super) async fn lock(
    connection: &mut Connection<'_>,
    study: &StudyKey,
) -> Result<(), DatabaseError> {
    if connection.dialect() == Dialect::Postgres {
        let key = [
            Bind::text(study.institution.as_str()),
            Bind::text(study.study.as_str()),
        ];
        for sql in [
            "SELECT 1 FROM studies WHERE institution_id = $1 AND study_uid = $2 FOR UPDATE",
            "SELECT 1 FROM series WHERE institution_id = $1 AND study_uid = $2 \
             ORDER BY series_uid FOR UPDATE",
        ] {
            connection.fetch(sql, key.to_vec()).await?;
        }
    }
    Ok(())
}
