//! Versions that were rejected: out of the index's sight, kept until restored or removed
//! (docs/adr/0014).

use std::collections::BTreeMap;

use model::{InstanceKey, InstitutionId, ObjectKey, Rejection, StudyKey, TransferSyntax, Uid};
use time::OffsetDateTime;

use super::{
    NewInstance, Scope,
    delete::{Out, take_out},
    read::object_key,
    retries::Retries,
};
use crate::{
    Database, DatabaseError, moment,
    sql::{Bind, Row},
};

/// A version that was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedRow {
    /// Where its bytes are.
    pub key: ObjectKey,
    /// Bytes of the object.
    pub length: u64,
    /// SOP Class UID.
    pub sop_class: Uid,
    /// Why.
    pub rejection: Rejection,
    /// Since when.
    pub at: OffsetDateTime,
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT institution_id, study_uid, series_uid, sop_uid, ulid, length, sop_class, code, ",
            "at FROM rejected ",
            $rest
        )
    };
}

impl RejectedRow {
    fn read(row: &Row) -> Result<Self, DatabaseError> {
        Ok(Self {
            key: object_key(row)?,
            length: row.size(5)?,
            sop_class: row.parsed(6, |text| Uid::new(text).ok())?,
            rejection: row.parsed(7, |text| text.parse().ok())?,
            at: moment::from_column(row.number(8)?)?,
        })
    }
}

impl Database {
    /// Takes versions out of the index as rejected, all or none, with a change for each; what is left
    /// of their studies is put right. Keys that no row names are passed over. Gives how many there
    /// were.
    pub async fn reject(
        &self,
        keys: &[ObjectKey],
        rejection: Rejection,
        at: OffsetDateTime,
    ) -> Result<u64, DatabaseError> {
        let mut studies: BTreeMap<StudyKey, Vec<&ObjectKey>> = BTreeMap::new();
        for key in keys {
            let study = key.instance.study_key();
            studies.entry(study).or_default().push(key);
        }
        let now = Bind::number(moment::to_column(self.now())?);
        let at = Bind::number(moment::to_column(at)?);
        let out = Out::Rejected { rejection, at };
        let mut retries = Retries::default();
        loop {
            let attempt = async {
                let mut transaction = self.begin().await?;
                let mut done = 0;
                for (study, keys) in &studies {
                    let mut connection = transaction.connection();
                    done += take_out(&mut connection, study, keys, &now, &out).await?;
                }
                transaction.commit().await?;
                Ok(done)
            };
            match attempt.await {
                Err(error) if retries.again(&error).await => {}
                other => return other,
            }
        }
    }

    /// Notes a version as rejected that no row names: what a reindex finds.
    pub async fn note_rejected(
        &self,
        instance: &NewInstance,
        rejection: Rejection,
        at: OffsetDateTime,
    ) -> Result<(), DatabaseError> {
        let sql = "INSERT INTO rejected (institution_id, study_uid, series_uid, sop_uid, ulid, \
                   sop_class, transfer_syntax, length, dataset_offset, digest, code, at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
                   ON CONFLICT DO NOTHING";
        let mut binds = of_key(&instance.object);
        binds.extend([
            Bind::text(instance.sop_class.as_str()),
            Bind::text(instance.transfer_syntax.as_str()),
            Bind::size("the length of an object", instance.length)?,
            Bind::number(instance.dataset_offset.into()),
            Bind::bytes(instance.digest),
            Bind::text(rejection.code()),
            Bind::number(moment::to_column(at)?),
        ]);
        self.change(sql, binds).await?;
        Ok(())
    }

    /// Forgets that a version was rejected. Its row is written by [`Self::commit`], before this, and
    /// tells of the change. False when it was not.
    pub async fn restored(&self, key: &ObjectKey) -> Result<bool, DatabaseError> {
        let gone = "DELETE FROM rejected WHERE institution_id = $1 AND study_uid = $2 AND \
                    series_uid = $3 AND sop_uid = $4 AND ulid = $5 RETURNING ulid";
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let found = connection.fetch_first(gone, of_key(key)).await?.is_some();
        transaction.commit().await?;
        Ok(found)
    }

    /// What was rejected after the object key `after`, at most `limit`, by the key's parts.
    pub async fn rejected(
        &self,
        after: Option<&ObjectKey>,
        limit: u32,
    ) -> Result<Vec<RejectedRow>, DatabaseError> {
        let sql = columns!(
            "WHERE (institution_id, study_uid, series_uid, sop_uid, ulid) > ($1, $2, $3, $4, $5) \
             ORDER BY institution_id, study_uid, series_uid, sop_uid, ulid LIMIT $6"
        );
        let mut binds = after.map_or_else(|| vec![Bind::text(""); 5], of_key);
        binds.push(Bind::number(limit.into()));
        self.rejected_rows(sql, binds).await
    }

    /// What was rejected of a study, a series or an instance.
    pub async fn rejected_in(
        &self,
        institution: &InstitutionId,
        scope: &Scope,
    ) -> Result<Vec<RejectedRow>, DatabaseError> {
        let sql = columns!(
            "WHERE institution_id = $1 AND study_uid = $2 AND ($3 = '' OR series_uid = $3) \
             AND ($4 = '' OR sop_uid = $4) ORDER BY series_uid, sop_uid, ulid"
        );
        let uid = |uid: &Option<Uid>| Bind::text(uid.as_ref().map_or("", Uid::as_str));
        let binds = vec![
            Bind::text(institution.as_str()),
            Bind::text(scope.study.as_str()),
            uid(&scope.series),
            uid(&scope.sop),
        ];
        self.rejected_rows(sql, binds).await
    }

    /// The rejected version of an instance that has this content.
    pub async fn rejected_with(
        &self,
        instance: &InstanceKey,
        digest: &[u8; 32],
        transfer_syntax: &TransferSyntax,
    ) -> Result<Option<RejectedRow>, DatabaseError> {
        let sql = columns!(
            "WHERE institution_id = $1 AND study_uid = $2 AND series_uid = $3 AND sop_uid = $4 \
             AND digest = $5 AND transfer_syntax = $6 ORDER BY ulid LIMIT 1"
        );
        let binds = vec![
            Bind::text(instance.institution.as_str()),
            Bind::text(instance.study.as_str()),
            Bind::text(instance.series.as_str()),
            Bind::text(instance.sop.as_str()),
            Bind::bytes(*digest),
            Bind::text(transfer_syntax.as_str()),
        ];
        Ok(self.rejected_rows(sql, binds).await?.pop())
    }

    async fn rejected_rows(
        &self,
        sql: &'static str,
        binds: Vec<Bind>,
    ) -> Result<Vec<RejectedRow>, DatabaseError> {
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(sql, binds).await?;
        rows.iter().map(RejectedRow::read).collect()
    }
}

fn of_key(key: &ObjectKey) -> Vec<Bind> {
    vec![
        Bind::text(key.instance.institution.as_str()),
        Bind::text(key.instance.study.as_str()),
        Bind::text(key.instance.series.as_str()),
        Bind::text(key.instance.sop.as_str()),
        Bind::text(key.ulid.to_string()),
    ]
}
