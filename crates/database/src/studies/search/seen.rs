//! Searching what a reader sees: the own institution's holdings, and among them those of others that something lets
//! see.

use std::collections::BTreeMap;

use access::Reader;
use model::{
    PatientIdentity,
    search::{Level, Search},
};

use super::{
    super::{Found, Record},
    columns, cursor,
    page::Page,
    plan::{self, Lead},
    record,
    whose::Whose,
};
use crate::{
    Database, DatabaseError, moment,
    sql::{Bind, Connection, Row},
};

/// How many studies, series and instances.
type Counts = [u32; 3];

impl Database {
    /// Like [`Database::search`] of the reader's institution, with what others hold and the reader sees now. A study
    /// is there once: in the own holding, else the origin's. A patient whom the own institution knows is told of as
    /// it knows them.
    pub async fn search_seen(
        &self,
        reader: &Reader,
        search: &Search,
    ) -> Result<Found, DatabaseError> {
        let now = moment::to_column(self.now())?;
        let others = Whose::Others { reader, now };
        let own = Whose::Own(&reader.institution);
        let mut lent = self.reader().await?;
        let mut connection = lent.connection();
        if !has_bases(&mut connection, reader, now).await? {
            drop(lent);
            return self.search(&reader.institution, search).await;
        }
        let passed = match &search.after {
            Some(after) if search.level == Level::Patient => cursor::passed(after)?,
            _ => 0,
        } + u64::from(search.offset);
        let wanted = search.limit.map_or(usize::MAX, |limit| limit as usize);
        let asked = wide(search, passed)?;
        let lead = plan::choose(&mut connection, &reader.institution, search).await?;
        let mut rows = Vec::new();
        let dialect = self.store().dialect();
        let page = Page::new(dialect, &own, &asked, &lead)?;
        rows.extend(connection.fetch_planned(&page.sql, page.binds).await?);
        // What is seen of others is little, and leads itself.
        let beside = Page::new(dialect, &others, &asked, &Lead::Path)?;
        rows.extend(connection.fetch_planned(&beside.sql, beside.binds).await?);
        let rows = in_order(search.level, rows)?;
        let first = usize::try_from(passed).unwrap_or(usize::MAX);
        let shown: Vec<&Row> = rows.iter().skip(first).take(wanted).collect();
        let mut found = Found {
            records: Vec::with_capacity(shown.len()),
            next: None,
            literal: page.literal,
            unsupported: page.unsupported,
        };
        for row in &shown {
            found.records.push(record::record(search.level, row)?);
        }
        if search.level == Level::Patient {
            let seen = counts(&mut connection, &others).await?;
            for (row, record) in shown.iter().zip(&mut found.records) {
                count(row, record, &seen)?;
            }
        }
        let is_more = rows.len().saturating_sub(first) > wanted;
        if let Some(last) = shown.last().filter(|_| is_more) {
            let from = columns::width(search.level);
            let behind = passed + wanted as u64;
            found.next = Some(cursor::behind(search.level, last, from, behind)?);
        }
        Ok(found)
    }
}

/// Whether anything lets the reader see what others hold.
async fn has_bases(
    connection: &mut Connection<'_>,
    reader: &Reader,
    now: i64,
) -> Result<bool, DatabaseError> {
    let sql = "SELECT 1 FROM bases b JOIN grants g ON g.grant_id = b.grant_id \
               WHERE b.reader_id = $1 AND g.account IN ('', $2) AND g.valid_from <= $3 \
               AND g.valid_until > $3 LIMIT 1";
    let binds = Whose::Others { reader, now }.binds();
    Ok(connection.fetch_first(sql, binds).await?.is_some())
}

/// The search for all that lies before a page's end on either side: what one side passes over is not known before
/// both are there.
fn wide(search: &Search, passed: u64) -> Result<Search, DatabaseError> {
    let passed = u32::try_from(passed).map_err(|_| DatabaseError::Cursor)?;
    Ok(Search {
        offset: 0,
        limit: search.limit.map(|limit| limit.saturating_add(passed)),
        after: match search.level {
            Level::Patient => None,
            _ => search.after.clone(),
        },
        ..search.clone()
    })
}

/// Rows of both sides in the order of their level.
fn in_order(level: Level, rows: Vec<Row>) -> Result<Vec<Row>, DatabaseError> {
    let from = columns::width(level);
    let mut standing = Vec::with_capacity(rows.len());
    for row in rows {
        standing.push((cursor::standing(level, &row, from)?, row));
    }
    standing.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(standing.into_iter().map(|(_, row)| row).collect())
}

/// What is seen of each patient at others.
async fn counts(
    connection: &mut Connection<'_>,
    others: &Whose<'_>,
) -> Result<BTreeMap<PatientIdentity, Counts>, DatabaseError> {
    let sql = format!(
        "WITH {}told AS (SELECT w.issuer, w.patient_id, (SELECT COUNT(*) FROM series e \
         WHERE e.institution_id = w.institution_id AND e.study_uid = w.study_uid) AS series, \
         (SELECT COALESCE(SUM(c.instances), 0) FROM series_contents c \
         WHERE c.institution_id = w.institution_id AND c.study_uid = w.study_uid) AS instances \
         FROM visible w) SELECT issuer, patient_id, COUNT(*), CAST(SUM(series) AS BIGINT), \
         CAST(SUM(instances) AS BIGINT) FROM told GROUP BY issuer, patient_id",
        others.visible()
    );
    let binds: Vec<Bind> = others.binds();
    let mut counts = BTreeMap::new();
    for row in &connection.fetch_planned(&sql, binds).await? {
        let patient = PatientIdentity {
            issuer: row.text(0)?,
            id: row.text(1)?,
        };
        counts.insert(patient, [row.small(2)?, row.small(3)?, row.small(4)?]);
    }
    Ok(counts)
}

/// Counts what is seen at others to a patient whom the own institution knows; for the others' own, everybody's counts.
fn count(
    row: &Row,
    record: &mut Record,
    seen: &BTreeMap<PatientIdentity, Counts>,
) -> Result<(), DatabaseError> {
    let patient = PatientIdentity {
        issuer: row.text(1)?,
        id: row.text(2)?,
    };
    let Some([studies, series, instances]) = seen.get(&patient) else {
        return Ok(());
    };
    let is_own = row.number(columns::width(Level::Patient) + 3)? == 1;
    if !is_own {
        (
            record.patient_studies,
            record.patient_series,
            record.patient_instances,
        ) = (0, 0, 0);
    }
    record.patient_studies += studies;
    record.patient_series += series;
    record.patient_instances += instances;
    Ok(())
}
