//! Reading instances by their keys.

use model::{InstanceKey, InstitutionId, ObjectKey, TransferSyntax, Uid};
use ulid::Ulid;

use super::{InstanceRow, Scope};
use crate::{
    Database, DatabaseError, moment,
    sql::{Bind, Row},
};

/// The columns that [`instance_row`] reads, in its order.
macro_rules! columns {
    () => {
        "SELECT i.institution_id, i.study_uid, i.series_uid, i.sop_uid, i.ulid, i.length, \
         i.dataset_offset, i.digest, i.transfer_syntax, i.sop_class, i.pixel_offset, \
         i.frame_count, i.received, i.origin, i.frames"
    };
}

macro_rules! in_scope {
    () => {
        " FROM instances i JOIN series e ON e.institution_id = i.institution_id \
         AND e.study_uid = i.study_uid AND e.series_uid = i.series_uid \
         WHERE i.institution_id = $1 AND i.study_uid = $2 AND i.state = 'shown'"
    };
}

macro_rules! in_order {
    () => {
        " ORDER BY e.series_number NULLS LAST, i.series_uid, i.instance_number NULLS LAST, i.sop_uid"
    };
}

/// One statement a kind of scope: study, series, instance.
macro_rules! scoped {
    ($columns:expr) => {
        [
            concat!($columns, in_scope!(), in_order!()),
            concat!($columns, in_scope!(), " AND i.series_uid = $3", in_order!()),
            concat!(
                $columns,
                in_scope!(),
                " AND i.series_uid = $3 AND i.sop_uid = $4",
                in_order!()
            ),
            concat!($columns, in_scope!(), " AND i.sop_uid = $3", in_order!()),
        ]
    };
}

const INSTANCES: [&str; 4] = scoped!(columns!());

/// The middle image of the first series that has images: of a study, and of one series.
macro_rules! middle_image {
    ($of_series:literal) => {
        concat!(
            columns!(),
            " FROM instances i WHERE i.institution_id = $1 AND i.study_uid = $2 AND i.ulid = \
             (SELECT m.ulid FROM (SELECT i.ulid, i.series_uid, e.series_number, \
             row_number() OVER (PARTITION BY i.series_uid \
             ORDER BY i.instance_number NULLS LAST, i.sop_uid) AS place, \
             count(*) OVER (PARTITION BY i.series_uid) AS many",
            in_scope!(),
            " AND i.frame_count > 0",
            $of_series,
            ") m WHERE m.place = (m.many + 1) / 2 \
             ORDER BY m.series_number NULLS LAST, m.series_uid LIMIT 1)"
        )
    };
}

const MIDDLE_IMAGES: [&str; 2] = [middle_image!(""), middle_image!(" AND i.series_uid = $3")];

/// SOP instances asked for in one statement.
const AT_ONCE: usize = 200;

fn statement(institution: &InstitutionId, scope: &Scope) -> (&'static str, Vec<Bind>) {
    let which = match (&scope.series, &scope.sop) {
        (None, None) => 0,
        (Some(_), None) => 1,
        (Some(_), Some(_)) => 2,
        (None, Some(_)) => 3,
    };
    let uids = [
        Some(&scope.study),
        scope.series.as_ref(),
        scope.sop.as_ref(),
    ];
    let binds = [Bind::text(institution.as_str())]
        .into_iter()
        .chain(
            uids.into_iter()
                .flatten()
                .map(|uid| Bind::text(uid.as_str())),
        )
        .collect();
    (INSTANCES[which], binds)
}

impl Database {
    /// The shown version of every instance in `scope`, by series and instance number.
    pub async fn instances(
        &self,
        institution: &InstitutionId,
        scope: &Scope,
    ) -> Result<Vec<InstanceRow>, DatabaseError> {
        let (sql, binds) = statement(institution, scope);
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(sql, binds).await?;
        rows.iter().map(instance_row).collect()
    }

    /// The image in the middle of the first series with images of a study, or of `series`: what shows
    /// best what it is about.
    pub async fn middle_image(
        &self,
        institution: &InstitutionId,
        study: &Uid,
        series: Option<&Uid>,
    ) -> Result<Option<InstanceRow>, DatabaseError> {
        let sql = MIDDLE_IMAGES[usize::from(series.is_some())];
        let keys = [institution.as_str(), study.as_str()].into_iter();
        let keys = keys.chain(series.map(Uid::as_str));
        let mut reader = self.reader().await?;
        let binds = keys.map(Bind::text).collect();
        let rows = reader.connection().fetch(sql, binds).await?;
        rows.first().map(instance_row).transpose()
    }

    /// The shown version of each SOP instance that the institution holds among `sops`, whatever its
    /// study; for storage commitment (PS3.4 §J.3).
    pub async fn instances_by_sop(
        &self,
        institution: &InstitutionId,
        sops: &[Uid],
    ) -> Result<Vec<InstanceRow>, DatabaseError> {
        let mut found = Vec::new();
        let mut reader = self.reader().await?;
        for some in sops.chunks(AT_ONCE) {
            let places: Vec<String> = (2..some.len() + 2).map(|n| format!("${n}")).collect();
            let sql = format!(
                "{} FROM instances i WHERE i.institution_id = $1 AND i.sop_uid IN ({}) \
                 AND i.state = 'shown' ORDER BY i.sop_uid, i.study_uid, i.series_uid",
                columns!(),
                places.join(", ")
            );
            let binds = [Bind::text(institution.as_str())]
                .into_iter()
                .chain(some.iter().map(|uid| Bind::text(uid.as_str())))
                .collect();
            for row in &reader.connection().fetch(&sql, binds).await? {
                found.push(instance_row(row)?);
            }
        }
        Ok(found)
    }
}

/// The object key in the first five columns of a row.
pub(crate) fn object_key(row: &Row) -> Result<ObjectKey, DatabaseError> {
    let uid = |text: &str| Uid::new(text).ok();
    Ok(ObjectKey {
        instance: InstanceKey {
            institution: row.parsed(0, |text| InstitutionId::new(text).ok())?,
            study: row.parsed(1, uid)?,
            series: row.parsed(2, uid)?,
            sop: row.parsed(3, uid)?,
        },
        ulid: row.parsed(4, |text| Ulid::from_string(text).ok())?,
    })
}

fn instance_row(row: &Row) -> Result<InstanceRow, DatabaseError> {
    let origin = row.text(13)?;
    Ok(InstanceRow {
        object: object_key(row)?,
        length: row.size(5)?,
        dataset_offset: row.small(6)?,
        digest: row.digest(7)?,
        transfer_syntax: row.parsed(8, |text| TransferSyntax::parse(text).ok())?,
        sop_class: row.parsed(9, |text| Uid::new(text).ok())?,
        pixel_offset: row
            .number_or_null(10)?
            .map(|offset| {
                u64::try_from(offset).map_err(|_| DatabaseError::Corrupt {
                    what: "a negative pixel data offset".into(),
                })
            })
            .transpose()?,
        frame_count: row.small(11)?,
        received: moment::from_column(row.number(12)?)?,
        origin: serde_json::from_str(&origin).map_err(|_| DatabaseError::Corrupt {
            what: "an origin that does not parse".into(),
        })?,
        frames: row.bytes_or_null(14)?,
    })
}
