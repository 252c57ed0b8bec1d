//! Reading headers a page at a time: nothing is held between two pages, neither rows nor a connection.

use model::{InstitutionId, Uid};

use super::Scope;
use crate::{
    Database, DatabaseError,
    sql::{Bind, Row},
};

/// What one page may hold.
#[derive(Clone, Copy, Debug)]
pub struct PageBounds {
    /// Headers at most; 0 counts as 1.
    pub rows: u32,
    /// Bytes of headers at most, as they are stored; a page holds one header whatever its length.
    pub bytes: u64,
}

/// A place in the order of a scope's instances: series number, series, instance number, instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    series_number: i64,
    series: Uid,
    instance_number: i64,
    sop: Uid,
}

/// A page of headers.
#[derive(Clone, Debug)]
pub struct HeaderPage {
    /// Headers (zstd of DICOM JSON), by series and instance number.
    pub headers: Vec<Vec<u8>>,
    /// Where the next page goes on; none: this is the last.
    pub next: Option<Place>,
}

/// Instances without a number come after those with one.
const SERIES_NUMBER: &str = "COALESCE(e.series_number, 9223372036854775807)";
const INSTANCE_NUMBER: &str = "COALESCE(i.instance_number, 9223372036854775807)";

/// The keys of a page are found first and weighed, one more than asked for; only the headers that fit
/// are read. `LENGTH` reads no value on either database.
fn statement(
    institution: &InstitutionId,
    scope: &Scope,
    after: Option<&Place>,
    bounds: PageBounds,
) -> Result<(String, Vec<Bind>), DatabaseError> {
    let mut binds = Vec::new();
    let mut bind = |value: Bind| {
        binds.push(value);
        format!("${}", binds.len())
    };
    let mut conditions = vec![
        format!(
            "i.institution_id = {}",
            bind(Bind::text(institution.as_str()))
        ),
        format!("i.study_uid = {}", bind(Bind::text(scope.study.as_str()))),
        "i.state = 'shown'".into(),
    ];
    for (column, uid) in [("i.series_uid", &scope.series), ("i.sop_uid", &scope.sop)] {
        if let Some(uid) = uid {
            conditions.push(format!("{column} = {}", bind(Bind::text(uid.as_str()))));
        }
    }
    if let Some(after) = after {
        conditions.push(format!(
            "({SERIES_NUMBER}, i.series_uid, {INSTANCE_NUMBER}, i.sop_uid) > ({}, {}, {}, {})",
            bind(Bind::number(after.series_number)),
            bind(Bind::text(after.series.as_str())),
            bind(Bind::number(after.instance_number)),
            bind(Bind::text(after.sop.as_str())),
        ));
    }
    let rows = i64::from(bounds.rows.max(1));
    let sql = format!(
        "WITH page AS MATERIALIZED (SELECT i.institution_id, i.study_uid, i.series_uid, i.sop_uid, \
         i.ulid, {SERIES_NUMBER} AS series_number, {INSTANCE_NUMBER} AS instance_number, \
         LENGTH(i.header) AS bytes \
         FROM instances i JOIN series e ON e.institution_id = i.institution_id \
         AND e.study_uid = i.study_uid AND e.series_uid = i.series_uid WHERE {conditions} \
         ORDER BY {SERIES_NUMBER}, i.series_uid, {INSTANCE_NUMBER}, i.sop_uid LIMIT {limit} + 0), \
         weighed AS (SELECT page.*, COUNT(*) OVER () AS found, \
         ROW_NUMBER() OVER in_order AS nth, SUM(bytes) OVER in_order AS total FROM page \
         WINDOW in_order AS (ORDER BY series_number, series_uid, instance_number, sop_uid)) \
         SELECT i.header, w.found, w.series_number, w.series_uid, w.instance_number, w.sop_uid \
         FROM weighed w JOIN instances i ON i.institution_id = w.institution_id \
         AND i.study_uid = w.study_uid AND i.series_uid = w.series_uid \
         AND i.sop_uid = w.sop_uid AND i.ulid = w.ulid \
         WHERE w.nth = 1 OR (w.nth <= {rows} AND w.total <= {bytes}) \
         ORDER BY w.nth",
        conditions = conditions.join(" AND "),
        limit = bind(Bind::number(rows + 1)),
        rows = bind(Bind::number(rows)),
        bytes = bind(Bind::size("the bytes of a page", bounds.bytes)?),
    );
    Ok((sql, binds))
}

impl Database {
    /// The headers of the shown versions of the instances in `scope` that come after `after`; none:
    /// from the first. Instances that come or go between two pages are seen or not; those that stay
    /// are seen once.
    pub async fn headers(
        &self,
        institution: &InstitutionId,
        scope: &Scope,
        after: Option<&Place>,
        bounds: PageBounds,
    ) -> Result<HeaderPage, DatabaseError> {
        let (sql, binds) = statement(institution, scope, after, bounds)?;
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(&sql, binds).await?;
        drop(reader);
        let next = match rows.last() {
            Some(last) if last.size(1)? > rows.len() as u64 => Some(place(last)?),
            Some(_) | None => None,
        };
        let headers = rows.iter().map(|row| row.bytes(0));
        Ok(HeaderPage {
            headers: headers.collect::<Result<_, _>>()?,
            next,
        })
    }
}

fn place(row: &Row) -> Result<Place, DatabaseError> {
    let uid = |text: &str| Uid::new(text).ok();
    Ok(Place {
        series_number: row.number(2)?,
        series: row.parsed(3, uid)?,
        instance_number: row.number(4)?,
        sop: row.parsed(5, uid)?,
    })
}
