//! What verify, sweep, reindex and tests ask of the index.

mod archive;
mod damaged;
mod dump;
mod locks;

pub use archive::{IndexOf, IndexState};
pub use locks::Lock;

use std::collections::HashSet;

use model::{ObjectKey, StudyKey};

use crate::{
    Database, DatabaseError,
    sql::{Bind, Row},
    studies::object_key,
};

/// What a row says about its object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectRow {
    /// The object.
    pub key: ObjectKey,
    /// Its bytes.
    pub length: u64,
    /// Where its data set begins.
    pub dataset_offset: u32,
    /// BLAKE3 of the data set.
    pub digest: [u8; 32],
}

impl ObjectRow {
    /// Reads the parts of the key, length, offset and digest: the first eight columns.
    fn read(row: &Row) -> Result<Self, DatabaseError> {
        Ok(Self {
            key: object_key(row)?,
            length: row.size(5)?,
            dataset_offset: row.small(6)?,
            digest: row.digest(7)?,
        })
    }
}

/// Objects of a table after a key.
macro_rules! after {
    ($table:literal) => {
        concat!(
            "SELECT institution_id, study_uid, series_uid, sop_uid, ulid, length, dataset_offset, ",
            "digest FROM ",
            $table,
            " WHERE (institution_id, study_uid, series_uid, sop_uid, ulid) > ($1, $2, $3, $4, $5) ",
            "ORDER BY institution_id, study_uid, series_uid, sop_uid, ulid LIMIT $6"
        )
    };
}

/// Keys asked for in one statement.
const AT_ONCE: usize = 200;

impl Database {
    /// All versions of all instances, rejected ones too, after the object key `after`, at most `limit`, ordered by the
    /// key's parts (not its text: `1.2/…` comes before `1.2.3/…`).
    pub async fn objects(
        &self,
        after: Option<&ObjectKey>,
        limit: u32,
    ) -> Result<Vec<ObjectRow>, DatabaseError> {
        let mut binds = match after {
            Some(key) => parts(key).to_vec(),
            None => vec![Bind::text(""); 5],
        };
        binds.push(Bind::number(limit.into()));
        let sql = concat!(
            "SELECT * FROM (",
            after!("instances"),
            ") a UNION ALL SELECT * FROM (",
            after!("rejected"),
            ") b ORDER BY institution_id, study_uid, series_uid, sop_uid, ulid LIMIT $6"
        );
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(sql, binds).await?;
        rows.iter().map(ObjectRow::read).collect()
    }

    /// Those of `keys` that a row names, one of rejected versions too.
    pub async fn known(&self, keys: &[ObjectKey]) -> Result<HashSet<ObjectKey>, DatabaseError> {
        let mut known = HashSet::with_capacity(keys.len());
        let mut reader = self.reader().await?;
        for some in keys.chunks(AT_ONCE) {
            let rows: Vec<String> = (0..some.len())
                .map(|row| {
                    let n = row * 5;
                    let [a, b, c, d, e] = [n + 1, n + 2, n + 3, n + 4, n + 5];
                    format!("(${a}, ${b}, ${c}, ${d}, ${e})")
                })
                .collect();
            let sql = format!(
                "WITH asked (institution_id, study_uid, series_uid, sop_uid, ulid) AS (VALUES {}) \
                 SELECT i.institution_id, i.study_uid, i.series_uid, i.sop_uid, i.ulid \
                 FROM asked a JOIN instances i ON i.institution_id = a.institution_id \
                 AND i.study_uid = a.study_uid AND i.series_uid = a.series_uid \
                 AND i.sop_uid = a.sop_uid AND i.ulid = a.ulid UNION ALL \
                 SELECT r.institution_id, r.study_uid, r.series_uid, r.sop_uid, r.ulid \
                 FROM asked a JOIN rejected r ON r.institution_id = a.institution_id \
                 AND r.study_uid = a.study_uid AND r.series_uid = a.series_uid \
                 AND r.sop_uid = a.sop_uid AND r.ulid = a.ulid",
                rows.join(", ")
            );
            let binds = some.iter().flat_map(parts).collect();
            for row in &reader.connection().fetch(&sql, binds).await? {
                known.insert(object_key(row)?);
            }
        }
        Ok(known)
    }

    /// Every version of every instance of a holding, shown or not, rejected ones too, ordered by the key's parts.
    pub async fn versions(&self, study: &StudyKey) -> Result<Vec<ObjectKey>, DatabaseError> {
        let binds = vec![
            Bind::text(study.institution.as_str()),
            Bind::text(study.study.as_str()),
        ];
        let sql = "SELECT institution_id, study_uid, series_uid, sop_uid, ulid FROM instances \
                   WHERE institution_id = $1 AND study_uid = $2 UNION \
                   SELECT institution_id, study_uid, series_uid, sop_uid, ulid FROM rejected \
                   WHERE institution_id = $1 AND study_uid = $2 \
                   ORDER BY 3, 4, 5";
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(sql, binds).await?;
        rows.iter().map(object_key).collect()
    }
}

fn parts(key: &ObjectKey) -> [Bind; 5] {
    let instance = &key.instance;
    [
        Bind::text(instance.institution.as_str()),
        Bind::text(instance.study.as_str()),
        Bind::text(instance.series.as_str()),
        Bind::text(instance.sop.as_str()),
        Bind::text(key.ulid.to_string()),
    ]
}
