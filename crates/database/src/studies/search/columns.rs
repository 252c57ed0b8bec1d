//! What a page tells of its rows, in the columns that `record` reads.

use model::search::Level;

use super::{plan::Lead, whose::Whose};
use crate::sql::Dialect;

/// Of a search at `level`: the columns before those that it is ordered by.
pub(super) fn width(level: Level) -> usize {
    match level {
        Level::Patient => 6,
        Level::Study => 9,
        Level::Series => 11,
        Level::Instance => 12,
    }
}

/// A row of `table` that is looked up for each that came before it: there is nothing for
/// PostgreSQL to weigh, which would take longer than the page.
pub(super) fn looked_up(dialect: Dialect, table: &str, condition: &str) -> String {
    let alias = table.rsplit(' ').next().unwrap_or_default();
    match dialect {
        Dialect::Sqlite => format!(" CROSS JOIN {table} ON {condition}"),
        Dialect::Postgres => format!(
            " CROSS JOIN LATERAL (SELECT {alias}.* FROM {table} WHERE {condition} OFFSET 0) {alias}"
        ),
    }
}

/// Distinct values as one text, separated by commas: none of these hold a comma.
fn joined(dialect: Dialect, column: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("group_concat(DISTINCT {column})"),
        Dialect::Postgres => format!("string_agg(DISTINCT {column}, ',')"),
    }
}

/// The number of instances that rows of `series_contents` stand for.
const INSTANCES: &str = "CAST(COALESCE(SUM(c.instances), 0) AS BIGINT)";

/// What is told of a study in `of`.
fn of_study(dialect: Dialect, whose: &Whose<'_>, of: &str) -> String {
    let at = whose.at(of);
    let series =
        format!("FROM series e WHERE e.institution_id = {at} AND e.study_uid = {of}.study_uid");
    let contents = format!(
        "FROM series_contents c WHERE c.institution_id = {at} AND c.study_uid = {of}.study_uid"
    );
    format!(
        "(SELECT COUNT(*) {series}) AS series_count, \
         (SELECT {INSTANCES} {contents}) AS instance_count, \
         (SELECT {modalities} {series} AND e.modality <> '') AS modalities, \
         (SELECT {classes} {contents}) AS sop_classes",
        modalities = joined(dialect, "e.modality"),
        classes = joined(dialect, "c.sop_class"),
    )
}

/// The whole statement: the page's keys from `from` by `conditions`, `key` the table that has date
/// and UID of the study, `page` its bounds.
pub(super) fn statement(
    dialect: Dialect,
    whose: &Whose<'_>,
    (level, key): (Level, &str),
    from: &str,
    conditions: &[String],
    page: &str,
    lead: &Lead,
) -> String {
    let conditions = if conditions.is_empty() {
        "true".to_owned()
    } else {
        conditions.join(" AND ")
    };
    if level == Level::Patient {
        return patients(dialect, whose, from, &conditions, page, lead);
    }
    let join = match dialect {
        Dialect::Sqlite => "CROSS JOIN",
        Dialect::Postgres => "JOIN",
    };
    // Few rows are sorted: their index must not give way to one that has the order.
    let plus = match (dialect, lead) {
        (Dialect::Sqlite, Lead::Key(_) | Lead::Path) => "+",
        _ => "",
    };
    let (mut keys, mut order, mut last) = (
        format!(
            "{key}.study_date, {key}.study_time, {key}.study_uid{}",
            whose.key(key)
        ),
        format!("{plus}{key}.study_date DESC, {plus}{key}.study_time DESC, {plus}{key}.study_uid"),
        "page.study_date DESC, page.study_time DESC, page.study_uid".to_owned(),
    );
    if level >= Level::Series {
        keys.push_str(", e.series_number, e.series_uid");
        order.push_str(", e.series_number NULLS LAST, e.series_uid");
        last.push_str(", page.series_number NULLS LAST, page.series_uid");
    }
    if level == Level::Instance {
        keys.push_str(", i.instance_number, i.sop_uid, i.ulid");
        order.push_str(", i.instance_number NULLS LAST, i.sop_uid");
        last.push_str(", page.instance_number NULLS LAST, page.sop_uid");
    }
    let ordering = match level {
        Level::Series => "page.series_number, page.series_uid",
        Level::Instance => {
            "page.series_number, page.series_uid, page.instance_number, page.sop_uid"
        }
        Level::Patient | Level::Study => "",
    };
    let ordering = ["page.study_date, page.study_time, page.study_uid", ordering]
        .join(if ordering.is_empty() { "" } else { ", " });
    let seen = whose.visible();
    let page = format!(
        "{seen}page AS MATERIALIZED (SELECT {keys} FROM {from} WHERE {conditions} ORDER BY {order} {page})"
    );
    let holder = whose.at("page");
    let mut parents = "page".to_owned();
    for (at, table, by) in [
        (Level::Study, "studies s", "s.study_uid = page.study_uid"),
        (
            Level::Study,
            "patients p",
            "p.issuer = s.issuer AND p.patient_id = s.patient_id",
        ),
        (
            Level::Series,
            "series e",
            "e.study_uid = page.study_uid AND e.series_uid = page.series_uid",
        ),
        (
            Level::Instance,
            "instances i",
            "i.study_uid = page.study_uid AND i.series_uid = page.series_uid \
             AND i.sop_uid = page.sop_uid AND i.ulid = page.ulid",
        ),
    ] {
        if level >= at {
            let alias = &table[table.len() - 1..];
            let by = format!("{alias}.institution_id = {holder} AND {by}");
            parents.push_str(&looked_up(dialect, table, &by));
        }
    }
    let holdings = format!(
        "holdings AS MATERIALIZED (SELECT g.study_uid, {told} \
         FROM (SELECT DISTINCT study_uid{} FROM page) g)",
        whose.key("page"),
        told = of_study(dialect, whose, "g"),
    );
    let syntaxes = joined(dialect, "c.transfer_syntax");
    match level {
        Level::Patient | Level::Study => format!(
            "WITH {page} SELECT p.attributes, p.issuer, p.patient_id, s.attributes, {told}, \
             (SELECT {syntaxes} FROM series_contents c WHERE c.institution_id = {holder} \
              AND c.study_uid = page.study_uid), {ordering} FROM {parents} ORDER BY {last}",
            told = of_study(dialect, whose, "page"),
        ),
        Level::Series => format!(
            "WITH {page}, {holdings} SELECT p.attributes, p.issuer, p.patient_id, s.attributes, \
             h.series_count, h.instance_count, h.modalities, h.sop_classes, \
             (SELECT {syntaxes} FROM series_contents c WHERE c.institution_id = {holder} \
              AND c.study_uid = page.study_uid AND c.series_uid = page.series_uid), \
             e.attributes, (SELECT {INSTANCES} FROM series_contents c \
              WHERE c.institution_id = {holder} AND c.study_uid = page.study_uid \
              AND c.series_uid = page.series_uid), {ordering} \
             FROM {parents} {join} holdings h ON h.study_uid = page.study_uid ORDER BY {last}"
        ),
        Level::Instance => format!(
            "WITH {page}, {holdings}, members AS MATERIALIZED (SELECT g.study_uid, g.series_uid, \
             (SELECT {INSTANCES} FROM series_contents c WHERE c.institution_id = {of} \
              AND c.study_uid = g.study_uid AND c.series_uid = g.series_uid) AS instance_count \
             FROM (SELECT DISTINCT study_uid, series_uid{also} FROM page) g) \
             SELECT p.attributes, p.issuer, p.patient_id, s.attributes, \
             h.series_count, h.instance_count, h.modalities, h.sop_classes, i.transfer_syntax, \
             e.attributes, m.instance_count, i.attributes, {ordering} \
             FROM {parents} {join} holdings h ON h.study_uid = page.study_uid \
             {join} members m ON m.study_uid = page.study_uid \
             AND m.series_uid = page.series_uid ORDER BY {last}",
            of = whose.at("g"),
            also = whose.key("page"),
        ),
    }
}

fn patients(
    dialect: Dialect,
    whose: &Whose<'_>,
    from: &str,
    conditions: &str,
    page: &str,
    lead: &Lead,
) -> String {
    let (join, plus) = match (dialect, lead) {
        (Dialect::Sqlite, Lead::Order) => ("CROSS JOIN", ""),
        (Dialect::Sqlite, _) => ("CROSS JOIN", "+"),
        (Dialect::Postgres, _) => ("JOIN", ""),
    };
    let at = whose.at("p");
    let studies = format!(
        "studies s WHERE s.institution_id = {at} AND s.issuer = p.issuer \
         AND s.patient_id = p.patient_id{}",
        whose.seen()
    );
    let below = |table: &str, what: &str| {
        format!(
            "(SELECT {what} FROM studies s {join} {table} c ON c.institution_id = {at} \
             AND c.study_uid = s.study_uid WHERE s.institution_id = {at} \
             AND s.issuer = p.issuer AND s.patient_id = p.patient_id{})",
            whose.seen()
        )
    };
    format!(
        "WITH {visible}page AS MATERIALIZED (SELECT p.name, p.patient_id, p.issuer{key} \
         FROM {from} \
         WHERE {conditions} ORDER BY {plus}p.name, {plus}p.patient_id, {plus}p.issuer {page}) \
         SELECT p.attributes, p.issuer, p.patient_id, (SELECT COUNT(*) FROM {studies}), \
         {series}, {instances}, page.name, page.patient_id, page.issuer, \
         CAST({own} AS BIGINT) \
         FROM page JOIN patients p ON p.institution_id = {of} \
         AND p.issuer = page.issuer AND p.patient_id = page.patient_id \
         ORDER BY page.name, page.patient_id, page.issuer",
        visible = whose.visible(),
        own = i32::from(!whose.is_others()),
        key = whose.key("p"),
        of = whose.at("page"),
        series = below("series", "COUNT(*)"),
        instances = below("series_contents", INSTANCES),
    )
}
