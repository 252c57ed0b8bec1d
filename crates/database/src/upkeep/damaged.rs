//! Versions whose bytes are known to be missing or changed.

use std::collections::HashSet;

use model::{InstanceKey, ObjectKey, TransferSyntax};

use super::{ObjectRow, parts};
use crate::{Database, DatabaseError, sql::Bind, studies::object_key};

impl Database {
    /// Every version that is marked as damaged.
    pub async fn damaged(&self) -> Result<HashSet<ObjectKey>, DatabaseError> {
        let sql = "SELECT institution_id, study_uid, series_uid, sop_uid, ulid FROM damaged";
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(sql, Vec::new()).await?;
        rows.iter().map(object_key).collect()
    }

    /// Marks a version as damaged; one that no row names is passed over. The mark goes with its row.
    pub async fn mark_damaged(&self, key: &ObjectKey) -> Result<(), DatabaseError> {
        let sql = "INSERT INTO damaged (institution_id, study_uid, series_uid, sop_uid, ulid) \
                   SELECT institution_id, study_uid, series_uid, sop_uid, ulid FROM instances \
                   WHERE institution_id = $1 AND study_uid = $2 AND series_uid = $3 \
                   AND sop_uid = $4 AND ulid = $5 ON CONFLICT DO NOTHING";
        self.change(sql, parts(key).to_vec()).await?;
        Ok(())
    }

    /// Takes the mark away: the bytes are right again.
    pub async fn unmark_damaged(&self, key: &ObjectKey) -> Result<(), DatabaseError> {
        let sql = "DELETE FROM damaged WHERE institution_id = $1 AND study_uid = $2 AND \
                   series_uid = $3 AND sop_uid = $4 AND ulid = $5";
        self.change(sql, parts(key).to_vec()).await?;
        Ok(())
    }

    /// The version of an instance that has this content, and whether it is marked as damaged.
    pub async fn version_with(
        &self,
        instance: &InstanceKey,
        digest: &[u8; 32],
        transfer_syntax: &TransferSyntax,
    ) -> Result<Option<(ObjectRow, bool)>, DatabaseError> {
        let sql = "SELECT i.institution_id, i.study_uid, i.series_uid, i.sop_uid, i.ulid, i.length, \
                   i.dataset_offset, i.digest, d.ulid FROM instances i LEFT JOIN damaged d \
                   ON d.institution_id = i.institution_id AND d.study_uid = i.study_uid \
                   AND d.series_uid = i.series_uid AND d.sop_uid = i.sop_uid AND d.ulid = i.ulid \
                   WHERE i.institution_id = $1 AND i.study_uid = $2 AND i.series_uid = $3 \
                   AND i.sop_uid = $4 AND i.digest = $5 AND i.transfer_syntax = $6 \
                   ORDER BY i.ulid LIMIT 1";
        let binds = vec![
            Bind::text(instance.institution.as_str()),
            Bind::text(instance.study.as_str()),
            Bind::text(instance.series.as_str()),
            Bind::text(instance.sop.as_str()),
            Bind::bytes(*digest),
            Bind::text(transfer_syntax.as_str()),
        ];
        let mut reader = self.reader().await?;
        let row = reader.connection().fetch_first(sql, binds).await?;
        row.map(|row| Ok((ObjectRow::read(&row)?, row.text_or_null(8)?.is_some())))
            .transpose()
    }
}
