//! Which instances of a series are shown, and the version that follows from that set alone
//! (docs/adr/0013).

use model::{InstitutionId, Uid};
use ulid::Ulid;

use super::Scope;
use crate::{Database, DatabaseError, sql::Bind};

/// The shown versions of a series' instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeriesSet {
    /// Series Instance UID.
    pub series: Uid,
    /// The shown versions, sorted.
    pub ulids: Vec<Ulid>,
}

impl SeriesSet {
    /// Names the set: equal versions, equal instances with equal bytes. It changes with the transaction
    /// that changes what is shown, whichever that is.
    pub fn version(&self) -> [u8; 32] {
        let mut hash = blake3::Hasher::new();
        hash.update(self.series.as_str().as_bytes());
        for ulid in &self.ulids {
            hash.update(&ulid.to_bytes());
        }
        *hash.finalize().as_bytes()
    }
}

/// Two indexes tell: the primary key names all versions, a small one those that are not shown.
const SETS: &str = "SELECT e.series_uid, \
    (SELECT string_agg(i.ulid, '') FROM instances i WHERE i.institution_id = e.institution_id \
     AND i.study_uid = e.study_uid AND i.series_uid = e.series_uid), \
    (SELECT string_agg(i.ulid, '') FROM instances i WHERE i.institution_id = e.institution_id \
     AND i.study_uid = e.study_uid AND i.series_uid = e.series_uid AND i.state <> 'shown') \
    FROM series e WHERE e.institution_id = $1 AND e.study_uid = $2 \
    AND ($3 = '' OR e.series_uid = $3) \
    ORDER BY COALESCE(e.series_number, 9223372036854775807), e.series_uid";

/// Characters of a ULID.
const ULID: usize = 26;

impl Database {
    /// The shown versions of a study's series, or of one, by series number; series that show nothing
    /// are left out. One statement, which reads no instance's row.
    pub async fn shown(
        &self,
        institution: &InstitutionId,
        scope: &Scope,
    ) -> Result<Vec<SeriesSet>, DatabaseError> {
        let series = scope.series.as_ref().map_or("", Uid::as_str);
        let binds = vec![
            Bind::text(institution.as_str()),
            Bind::text(scope.study.as_str()),
            Bind::text(series),
        ];
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(SETS, binds).await?;
        drop(reader);
        let mut sets = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut ulids = ulids(row.text_or_null(1)?)?;
            let hidden = ulids_sorted(row.text_or_null(2)?)?;
            ulids.retain(|ulid| hidden.binary_search(ulid).is_err());
            ulids.sort_unstable();
            if !ulids.is_empty() {
                let series = row.parsed(0, |text| Uid::new(text).ok())?;
                sets.push(SeriesSet { series, ulids });
            }
        }
        Ok(sets)
    }
}

fn ulids_sorted(joined: Option<String>) -> Result<Vec<Ulid>, DatabaseError> {
    let mut ulids = ulids(joined)?;
    ulids.sort_unstable();
    Ok(ulids)
}

fn ulids(joined: Option<String>) -> Result<Vec<Ulid>, DatabaseError> {
    let joined = joined.unwrap_or_default();
    let parse = |chunk: &[u8]| {
        let text = std::str::from_utf8(chunk).ok()?;
        Ulid::from_string(text).ok()
    };
    joined
        .as_bytes()
        .chunks(ULID)
        .map(|chunk| {
            parse(chunk).ok_or_else(|| DatabaseError::Corrupt {
                what: "a key that does not parse".into(),
            })
        })
        .collect()
}
