//! The metadata of series in one piece, and the headers that such a piece is made of
//! (docs/adr/0013).

use std::collections::HashMap;

use futures::TryStreamExt;
use model::{InstitutionId, SeriesKey, Uid};
use ulid::Ulid;

use super::Scope;
use crate::{Database, DatabaseError, sql::Bind};

/// The header of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderRow {
    /// Which version.
    pub ulid: Ulid,
    /// SOP Instance UID.
    pub sop: Uid,
    /// Instance Number (0020,0013).
    pub number: Option<i64>,
    /// zstd of DICOM JSON.
    pub header: Vec<u8>,
}

/// Versions asked for in one statement.
const AT_ONCE: usize = 1000;

fn key(series: &SeriesKey) -> Vec<Bind> {
    vec![
        Bind::text(series.study.institution.as_str()),
        Bind::text(series.study.study.as_str()),
        Bind::text(series.series.as_str()),
    ]
}

impl Database {
    /// The headers of those versions of a series, in no order; those that are gone are left out. None:
    /// they take more than `most` bytes, as they are stored.
    pub async fn headers_of(
        &self,
        series: &SeriesKey,
        ulids: &[Ulid],
        most: u64,
    ) -> Result<Option<Vec<HeaderRow>>, DatabaseError> {
        let mut headers = Vec::with_capacity(ulids.len());
        let mut bytes = 0;
        let mut reader = self.reader().await?;
        for some in ulids.chunks(AT_ONCE) {
            let mut binds = key(series);
            binds.extend(some.iter().map(|ulid| Bind::text(ulid.to_string())));
            let asked: Vec<String> = (4..=binds.len()).map(|n| format!("${n}")).collect();
            let sql = format!(
                "SELECT ulid, sop_uid, instance_number, header FROM instances \
                 WHERE institution_id = $1 AND study_uid = $2 AND series_uid = $3 \
                 AND ulid IN ({})",
                asked.join(", ")
            );
            let mut connection = reader.connection();
            let mut rows = connection.stream(&sql, binds)?;
            while let Some(row) = rows.try_next().await? {
                let header = row.bytes(3)?;
                bytes += header.len() as u64;
                if bytes > most {
                    return Ok(None);
                }
                headers.push(HeaderRow {
                    ulid: row.parsed(0, |text| Ulid::from_string(text).ok())?,
                    sop: row.parsed(1, |text| Uid::new(text).ok())?,
                    number: row.number_or_null(2)?,
                    header,
                });
            }
        }
        Ok(Some(headers))
    }

    /// The pieces of a study's series, or of one, as they were last kept.
    pub async fn manifests(
        &self,
        institution: &InstitutionId,
        scope: &Scope,
    ) -> Result<HashMap<Uid, Vec<u8>>, DatabaseError> {
        let sql = "SELECT series_uid, body FROM manifests WHERE institution_id = $1 \
                   AND study_uid = $2 AND ($3 = '' OR series_uid = $3)";
        let binds = vec![
            Bind::text(institution.as_str()),
            Bind::text(scope.study.as_str()),
            Bind::text(scope.series.as_ref().map_or("", Uid::as_str)),
        ];
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(sql, binds).await?;
        rows.iter()
            .map(|row| Ok((row.parsed(0, |text| Uid::new(text).ok())?, row.bytes(1)?)))
            .collect()
    }

    /// Of which set of instances the kept piece of a series was made; none: there is none.
    pub async fn manifest_version(
        &self,
        series: &SeriesKey,
    ) -> Result<Option<[u8; 32]>, DatabaseError> {
        let sql = "SELECT version FROM manifests WHERE institution_id = $1 AND study_uid = $2 \
                   AND series_uid = $3";
        let mut reader = self.reader().await?;
        let row = reader.connection().fetch_first(sql, key(series)).await?;
        row.map(|row| row.digest(0)).transpose()
    }

    /// Keeps the piece of a series, made of the set `version` names, in place of an earlier one. A
    /// series that is gone meanwhile keeps none.
    pub async fn keep_manifest(
        &self,
        series: &SeriesKey,
        version: &[u8; 32],
        body: Vec<u8>,
    ) -> Result<(), DatabaseError> {
        let sql = "INSERT INTO manifests (institution_id, study_uid, series_uid, version, body) \
                   SELECT institution_id, study_uid, series_uid, $4, $5 FROM series \
                   WHERE institution_id = $1 AND study_uid = $2 AND series_uid = $3 \
                   ON CONFLICT (institution_id, study_uid, series_uid) DO UPDATE SET \
                   version = excluded.version, body = excluded.body";
        let mut binds = key(series);
        binds.extend([Bind::bytes(*version), Bind::bytes(body)]);
        self.change(sql, binds).await?;
        Ok(())
    }

    /// Forgets the piece of a series.
    pub async fn forget_manifest(&self, series: &SeriesKey) -> Result<(), DatabaseError> {
        let sql = "DELETE FROM manifests WHERE institution_id = $1 AND study_uid = $2 \
                   AND series_uid = $3";
        self.change(sql, key(series)).await?;
        Ok(())
    }
}
