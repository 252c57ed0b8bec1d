//! Taking versions out of the index.

use std::collections::BTreeSet;

use model::StudyKey;
use ulid::Ulid;

use super::rebuild;
use crate::{
    Database, DatabaseError, moment,
    sql::{Bind, Connection, Dialect},
};

impl Database {
    /// Takes every version of the study that was received at or before `before` out of the index;
    /// returns their object keys, in order. What was received later stays.
    pub async fn delete_study(
        &self,
        study: &StudyKey,
        before: Ulid,
    ) -> Result<Vec<String>, DatabaseError> {
        let now = Bind::number(moment::to_column(self.now())?);
        let mut transaction = self.begin().await?;
        let keys = take_out(
            &mut transaction.connection(),
            study,
            "ulid <= $3",
            vec![Bind::text(before.to_string())],
            now,
        )
        .await?;
        transaction.commit().await?;
        Ok(keys)
    }
}

/// Takes the versions of a study for which `which` holds out of the index, in the caller's
/// transaction; `which` speaks of `$3` and up, which `more` gives.
pub(crate) async fn take_out(
    connection: &mut Connection<'_>,
    study: &StudyKey,
    which: &'static str,
    more: Vec<Bind>,
    now: Bind,
) -> Result<Vec<String>, DatabaseError> {
    let key = vec![
        Bind::text(study.institution.as_str()),
        Bind::text(study.study.as_str()),
    ];
    lock(connection, &key).await?;
    let condition = format!("WHERE institution_id = $1 AND study_uid = $2 AND {which}");
    let binds: Vec<Bind> = key.iter().cloned().chain(more).collect();

    let listed = format!(
        "SELECT institution_id, study_uid, series_uid, sop_uid, ulid, issuer, patient_id \
         FROM instances {condition} ORDER BY series_uid, sop_uid, ulid"
    );
    let rows = connection.fetch(&listed, binds.clone()).await?;
    let mut keys = Vec::with_capacity(rows.len());
    let mut patients = BTreeSet::new();
    for row in &rows {
        let parts = (0..5)
            .map(|at| row.text(at))
            .collect::<Result<Vec<_>, _>>()?;
        keys.push(parts.join("/"));
        patients.insert((row.text(5)?, row.text(6)?));
    }
    if keys.is_empty() {
        return Ok(keys);
    }

    let at = binds.len() + 1;
    let told = format!(
        "INSERT INTO outbox (institution_id, kind, study_uid, series_uid, sop_uid, ulid, at) \
         SELECT institution_id, 'deleted', study_uid, series_uid, sop_uid, ulid, CAST(${at} AS BIGINT) \
         FROM instances {condition} ORDER BY series_uid, sop_uid, ulid"
    );
    let with_now = binds.iter().cloned().chain([now]).collect();
    connection.execute(&told, with_now).await?;
    let gone = format!("DELETE FROM instances {condition}");
    connection.execute(&gone, binds).await?;
    rebuild::study(connection, study, &patients).await?;
    Ok(keys)
}

/// PostgreSQL: whoever writes into the study refers to one of these rows; none is in flight past
/// this lock. SQLite has one writer at a time.
async fn lock(connection: &mut Connection<'_>, study: &[Bind]) -> Result<(), DatabaseError> {
    if connection.dialect() == Dialect::Postgres {
        for sql in [
            "SELECT 1 FROM studies WHERE institution_id = $1 AND study_uid = $2 FOR UPDATE",
            "SELECT 1 FROM series WHERE institution_id = $1 AND study_uid = $2 \
             ORDER BY series_uid FOR UPDATE",
        ] {
            connection.fetch(sql, study.to_vec()).await?;
        }
    }
    Ok(())
}
