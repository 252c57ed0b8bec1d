//! The statement of one page: what matches, in order, then what is computed of just these.

use model::{
    InstitutionId,
    search::{Level, Matching, Search, TagNumber},
};

use super::{
    condition::Where,
    operand::{Operand, operand},
};
use crate::sql::{Bind, Dialect};

/// A page to be asked for.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) sql: String,
    pub(super) binds: Vec<Bind>,
    pub(super) unsupported: Vec<Vec<TagNumber>>,
}

const STUDY_DATE: TagNumber = 0x0008_0020;
const STUDY_TIME: TagNumber = 0x0008_0030;
const STUDY_UID: TagNumber = 0x0020_000D;
const SERIES_UID: TagNumber = 0x0020_000E;

impl Page {
    pub(super) fn new(dialect: Dialect, institution: &InstitutionId, search: &Search) -> Self {
        let mut sql = Where {
            dialect,
            binds: Vec::new(),
            fuzzy: search.fuzzy,
        };
        let mut unsupported = Vec::new();
        let top = match search.level {
            Level::Patient => "p",
            Level::Study => "s",
            Level::Series => "e",
            Level::Instance => "i",
        };
        let place = sql.bind(Bind::text(institution.as_str()));
        let mut all = vec![format!("{top}.institution_id = {place}")];
        match search.level {
            // A patient is there as long as a study of it is.
            Level::Patient => all.push(
                "EXISTS (SELECT 1 FROM studies s WHERE s.institution_id = p.institution_id \
                 AND s.issuer = p.issuer AND s.patient_id = p.patient_id)"
                    .into(),
            ),
            Level::Instance => all.push("i.state = 'shown'".into()),
            Level::Study | Level::Series => {}
        }
        for (tag, uid) in [(STUDY_UID, &search.study), (SERIES_UID, &search.series)] {
            if let (Some(uid), Some(operand)) = (uid, operand(&[tag])) {
                let equal = Matching::Single(uid.as_str().into());
                all.extend(sql.condition(search.level, &operand, &equal));
            }
        }
        let moments = moments(search);
        if let Some((date, time)) = moments {
            let condition = sql.moments(date, time);
            all.push(condition);
        }
        for condition in &search.conditions {
            let path = condition.path.as_slice();
            if moments.is_some() && matches!(path, [STUDY_DATE] | [STUDY_TIME]) {
                continue;
            }
            let operand = operand(path);
            if operand == Some(Operand::Nothing) {
                continue;
            }
            match operand
                .and_then(|operand| sql.condition(search.level, &operand, &condition.matching))
            {
                Some(condition) => all.push(condition),
                None => unsupported.push(condition.path.clone()),
            }
        }
        let limit = search.limit.map_or(i64::MAX, |limit| i64::from(limit) + 1);
        let limit = sql.bind(Bind::number(limit));
        let offset = sql.bind(Bind::number(search.offset.into()));
        let template = template(search.level, dialect);
        Self {
            sql: template
                .replace("{where}", &all.join(" AND "))
                .replace("{page}", &format!("LIMIT {limit} OFFSET {offset}")),
            binds: sql.binds,
            unsupported,
        }
    }
}

type Bounds<'s> = (&'s Option<String>, &'s Option<String>);

/// Study date and study time, when both are ranges. At patient level there is no study to hold both.
fn moments(search: &Search) -> Option<(Bounds<'_>, Bounds<'_>)> {
    let range = |tag: TagNumber| {
        search.conditions.iter().find_map(|condition| {
            match (condition.path.as_slice(), &condition.matching) {
                ([path], Matching::Range(low, high)) if *path == tag => Some((low, high)),
                _ => None,
            }
        })
    };
    (search.level != Level::Patient)
        .then(|| Some((range(STUDY_DATE)?, range(STUDY_TIME)?)))
        .flatten()
}

/// Distinct values as one text, separated by commas: none of these hold a comma.
fn joined(dialect: Dialect, column: &str) -> String {
    match dialect {
        Dialect::Sqlite => format!("group_concat(DISTINCT {column})"),
        Dialect::Postgres => format!("string_agg(DISTINCT {column}, ',')"),
    }
}

/// The statement of a level with `{where}` and `{page}` to be put in. Columns come in the order that
/// `record` reads.
fn template(level: Level, dialect: Dialect) -> String {
    let holdings = format!(
        "holdings AS MATERIALIZED (SELECT h.institution_id, h.study_uid, \
         (SELECT COUNT(*) FROM series e WHERE e.institution_id = h.institution_id \
          AND e.study_uid = h.study_uid) AS series_count, \
         (SELECT COUNT(*) FROM instances i WHERE i.institution_id = h.institution_id \
          AND i.study_uid = h.study_uid AND i.state = 'shown') AS instance_count, \
         (SELECT {modalities} FROM series e WHERE e.institution_id = h.institution_id \
          AND e.study_uid = h.study_uid AND e.modality <> '') AS modalities, \
         (SELECT {classes} FROM series_contents c WHERE c.institution_id = h.institution_id \
          AND c.study_uid = h.study_uid) AS sop_classes \
         FROM (SELECT DISTINCT institution_id, study_uid FROM page) h)",
        modalities = joined(dialect, "e.modality"),
        classes = joined(dialect, "c.sop_class"),
    );
    let syntaxes = joined(dialect, "c.transfer_syntax");
    let series_instances = |of: &str| {
        format!(
            "(SELECT COUNT(*) FROM instances i WHERE i.institution_id = {of}.institution_id \
             AND i.study_uid = {of}.study_uid AND i.series_uid = {of}.series_uid \
             AND i.state = 'shown')"
        )
    };
    match level {
        Level::Patient => "SELECT p.attributes, p.issuer, p.patient_id, \
             (SELECT COUNT(*) FROM studies s WHERE s.institution_id = p.institution_id \
              AND s.issuer = p.issuer AND s.patient_id = p.patient_id), \
             (SELECT COUNT(*) FROM studies s JOIN series e \
              ON e.institution_id = s.institution_id AND e.study_uid = s.study_uid \
              WHERE s.institution_id = p.institution_id AND s.issuer = p.issuer \
              AND s.patient_id = p.patient_id), \
             (SELECT COUNT(*) FROM studies s JOIN instances i \
              ON i.institution_id = s.institution_id AND i.study_uid = s.study_uid \
              AND i.state = 'shown' WHERE s.institution_id = p.institution_id \
              AND s.issuer = p.issuer AND s.patient_id = p.patient_id) \
             FROM patients p WHERE {where} ORDER BY p.name, p.patient_id, p.issuer {page}"
            .into(),
        Level::Study => format!(
            "WITH page AS MATERIALIZED (SELECT s.institution_id, s.study_uid, s.study_date, \
             s.study_time, p.issuer, p.patient_id, p.attributes AS patient, s.attributes AS study \
             {STUDIES} WHERE {{where}} \
             ORDER BY s.study_date DESC, s.study_time DESC, s.study_uid {{page}}), {holdings} \
             SELECT page.patient, page.issuer, page.patient_id, page.study, h.series_count, \
             h.instance_count, h.modalities, h.sop_classes, \
             (SELECT {syntaxes} FROM series_contents c WHERE c.institution_id = h.institution_id \
              AND c.study_uid = h.study_uid) \
             FROM page JOIN holdings h ON h.institution_id = page.institution_id \
             AND h.study_uid = page.study_uid \
             ORDER BY page.study_date DESC, page.study_time DESC, page.study_uid"
        ),
        Level::Series => format!(
            "WITH page AS MATERIALIZED (SELECT e.institution_id, e.study_uid, e.series_uid, \
             s.study_date, s.study_time, e.series_number, p.issuer, p.patient_id, \
             p.attributes AS patient, s.attributes AS study, e.attributes AS series \
             {SERIES} WHERE {{where}} ORDER BY s.study_date DESC, s.study_time DESC, s.study_uid, \
             e.series_number NULLS LAST, e.series_uid {{page}}), {holdings} \
             SELECT page.patient, page.issuer, page.patient_id, page.study, h.series_count, \
             h.instance_count, h.modalities, h.sop_classes, \
             (SELECT {syntaxes} FROM series_contents c WHERE c.institution_id = h.institution_id \
              AND c.study_uid = h.study_uid AND c.series_uid = page.series_uid), \
             page.series, {own} \
             FROM page JOIN holdings h ON h.institution_id = page.institution_id \
             AND h.study_uid = page.study_uid \
             ORDER BY page.study_date DESC, page.study_time DESC, page.study_uid, \
             page.series_number NULLS LAST, page.series_uid",
            own = series_instances("page"),
        ),
        Level::Instance => format!(
            "WITH page AS MATERIALIZED (SELECT i.institution_id, i.study_uid, i.series_uid, \
             i.sop_uid, i.transfer_syntax, s.study_date, s.study_time, e.series_number, \
             i.instance_number, p.issuer, p.patient_id, p.attributes AS patient, \
             s.attributes AS study, e.attributes AS series, i.attributes AS instance \
             {INSTANCES} WHERE {{where}} ORDER BY s.study_date DESC, s.study_time DESC, \
             s.study_uid, e.series_number NULLS LAST, e.series_uid, \
             i.instance_number NULLS LAST, i.sop_uid {{page}}), {holdings}, \
             members AS MATERIALIZED (SELECT h.institution_id, h.study_uid, h.series_uid, \
             {count} AS instance_count FROM (SELECT DISTINCT institution_id, \
             study_uid, series_uid FROM page) h) \
             SELECT page.patient, page.issuer, page.patient_id, page.study, h.series_count, \
             h.instance_count, h.modalities, h.sop_classes, page.transfer_syntax, page.series, \
             g.instance_count, page.instance \
             FROM page JOIN holdings h ON h.institution_id = page.institution_id \
             AND h.study_uid = page.study_uid \
             JOIN members g ON g.institution_id = page.institution_id \
             AND g.study_uid = page.study_uid AND g.series_uid = page.series_uid \
             ORDER BY page.study_date DESC, page.study_time DESC, page.study_uid, \
             page.series_number NULLS LAST, page.series_uid, page.instance_number NULLS LAST, \
             page.sop_uid",
            count = series_instances("h"),
        ),
    }
}

const STUDIES: &str = "FROM studies s JOIN patients p ON p.institution_id = s.institution_id \
                       AND p.issuer = s.issuer AND p.patient_id = s.patient_id";

const SERIES: &str = "FROM series e JOIN studies s ON s.institution_id = e.institution_id \
                      AND s.study_uid = e.study_uid JOIN patients p \
                      ON p.institution_id = s.institution_id AND p.issuer = s.issuer \
                      AND p.patient_id = s.patient_id";

const INSTANCES: &str = "FROM instances i JOIN series e ON e.institution_id = i.institution_id \
                         AND e.study_uid = i.study_uid AND e.series_uid = i.series_uid \
                         JOIN studies s ON s.institution_id = i.institution_id \
                         AND s.study_uid = i.study_uid JOIN patients p \
                         ON p.institution_id = s.institution_id AND p.issuer = s.issuer \
                         AND p.patient_id = s.patient_id";
