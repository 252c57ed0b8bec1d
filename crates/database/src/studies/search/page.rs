//! The statement of one page: the keys of what matches, in order, then what is told of just these.

use model::search::{Condition, Level, Matching, Search, TagNumber};

use super::{
    columns::{self, looked_up},
    condition::Where,
    cursor,
    operand::{Kind, Operand, operand},
    plan::{ACCESSION, Lead, MODALITIES, MODALITY, PATIENT_ID, SERIES_UID, SOP_UID, STUDY_UID},
    whose::{IS_SEEN, Whose},
};
use crate::{
    DatabaseError,
    sql::{Bind, Dialect},
};

/// A page to be asked for.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) sql: String,
    pub(super) binds: Vec<Bind>,
    pub(super) unsupported: Vec<Vec<TagNumber>>,
    pub(super) literal: Vec<Vec<TagNumber>>,
    /// Matches before the page's end that are passed over: those of an offset, and at patient level
    /// those before the cursor.
    pub(super) passed: u64,
}

const STUDY_DATE: TagNumber = 0x0008_0020;
const STUDY_TIME: TagNumber = 0x0008_0030;

impl Page {
    pub(super) fn new(
        dialect: Dialect,
        whose: &Whose<'_>,
        search: &Search,
        lead: &Lead,
    ) -> Result<Self, DatabaseError> {
        let led_by_term = matches!(lead, Lead::Term { .. }) && search.level != Level::Patient;
        let mut sql = Where {
            dialect,
            binds: whose.binds(),
            fuzzy: search.fuzzy,
            key: if led_by_term { "t" } else { "s" },
            seen: whose.seen(),
        };
        let mut all = vec![whose.held(&sql, search.level)];
        if search.level == Level::Instance {
            all.push("i.state = 'shown'".into());
        }
        all.extend(leading(&mut sql, search, lead));
        for (tag, uid) in [(STUDY_UID, &search.study), (SERIES_UID, &search.series)] {
            if let (Some(uid), Some(operand)) = (uid, operand(&[tag])) {
                let equal = Matching::Single(uid.as_str().into());
                all.extend(sql.condition(search.level, &operand, &equal));
            }
        }
        let (mut unsupported, mut literal) = (Vec::new(), Vec::new());
        let moments = moments(search);
        if let Some((date, time)) = moments {
            let condition = sql.moments(date, time);
            all.push(condition);
        }
        for condition in &search.conditions {
            let path = condition.path.as_slice();
            if moments.is_some() && matches!(path, [STUDY_DATE] | [STUDY_TIME])
                || is_said(search.level, condition, lead)
            {
                continue;
            }
            let operand = operand(path);
            if operand == Some(Operand::Nothing) {
                continue;
            }
            if search.fuzzy && is_written_name(path, operand.as_ref()) {
                literal.push(condition.path.clone());
            }
            match operand
                .and_then(|operand| sql.condition(search.level, &operand, &condition.matching))
            {
                Some(condition) => all.push(condition),
                None => unsupported.push(condition.path.clone()),
            }
        }
        let mut passed = u64::from(search.offset);
        match &search.after {
            Some(after) if search.level == Level::Patient => passed += cursor::passed(after)?,
            Some(after) => all.extend(sql.after(search.level, after)?),
            None => {}
        }
        let limit = search.limit.map_or(i64::MAX, |limit| i64::from(limit) + 1);
        let limit = sql.bind(Bind::number(limit));
        let offset = sql.bind(Bind::size("an offset", passed)?);
        // SQLite prepares a statement anew at each run whose limit is a bare parameter.
        let page = format!("LIMIT {limit} + 0 OFFSET {offset} + 0");
        let (leading, all) = if led_by_term && dialect == Dialect::Postgres {
            all.into_iter().partition(|text| of_term_only(text))
        } else {
            (Vec::new(), all)
        };
        let also = match lead {
            Lead::Term { also, .. } if led_by_term => sql.has_also(also),
            _ => String::new(),
        };
        let is_by_id = matches!(lead, Lead::Key(at) if search.conditions.get(*at)
            .is_some_and(|condition| condition.path == [PATIENT_ID]));
        let from = if search.level == Level::Patient && is_by_id && dialect == Dialect::Sqlite {
            "patients p INDEXED BY patients_by_id".to_owned()
        } else {
            let lead = (lead, led_by_term, also.as_str());
            from(dialect, whose, search.level, lead, (&leading, &all))
        };
        let keys = (search.level, sql.key);
        Ok(Self {
            sql: columns::statement(dialect, whose, keys, &from, &all, &page, lead),
            binds: sql.binds,
            unsupported,
            literal,
            passed,
        })
    }
}

/// The condition of what leads.
fn leading(sql: &mut Where, search: &Search, lead: &Lead) -> Option<String> {
    let patient = search.level == Level::Patient;
    match lead {
        Lead::Order | Lead::Path => None,
        Lead::Term { term, .. } => {
            let place = sql.text(term);
            Some(if patient {
                format!(
                    "(p.issuer, p.patient_id) IN (SELECT f.issuer, f.patient_id \
                     FROM study_terms t JOIN studies f ON f.institution_id = t.institution_id \
                     AND f.study_uid = t.study_uid WHERE t.institution_id = $1 \
                     AND t.term = {place})"
                )
            } else {
                format!("t.term = {place}")
            })
        }
        Lead::Key(at) => {
            let condition = search.conditions.get(*at)?;
            let [tag] = *condition.path.as_slice() else {
                return None;
            };
            let few = few(sql, tag, &condition.matching)?;
            Some(match (patient, tag) {
                (true, PATIENT_ID) => return None,
                (true, _) => format!(
                    "(p.issuer, p.patient_id) IN (SELECT f.issuer, f.patient_id FROM studies f \
                     WHERE f.institution_id = $1 AND {few})"
                ),
                (false, PATIENT_ID) => format!("(s.issuer, s.patient_id) IN ({few})"),
                (false, _) => format!(
                    "s.study_uid IN (SELECT f.study_uid FROM studies f \
                     WHERE f.institution_id = $1 AND {few})"
                ),
            })
        }
    }
}

impl Where {
    /// What joins to the rows of a term those of others that are of the same study.
    fn has_also(&mut self, terms: &[String]) -> String {
        let mut joins = String::new();
        for (term, alias) in terms.iter().zip(["u", "v"]) {
            let place = self.text(term);
            let same = format!(
                "{alias}.institution_id = $1 AND {alias}.term = {place} \
                 AND {alias}.study_date = t.study_date AND {alias}.study_time = t.study_time \
                 AND {alias}.study_uid = t.study_uid"
            );
            joins.push_str(&looked_up(
                self.dialect,
                &format!("study_terms {alias}"),
                &same,
            ));
        }
        joins
    }
}

/// Which studies `f` a key lets through; of a patient's id, which patients.
fn few(sql: &mut Where, tag: TagNumber, matching: &Matching) -> Option<String> {
    let column = match tag {
        STUDY_UID => "f.study_uid",
        ACCESSION => "f.accession_number",
        PATIENT_ID => "g.patient_id",
        SERIES_UID => "g.series_uid",
        SOP_UID => "g.sop_uid",
        _ => return None,
    };
    let mut compared = sql.compare(column, Kind::Text, matching)?;
    if let Matching::Wildcard(text) = matching {
        let text = text.trim().replace('\0', " ");
        let beginning = text.split(['*', '?']).next().unwrap_or_default();
        let low = sql.text(beginning);
        let high = sql.text(&format!("{beginning}\u{10ffff}"));
        compared = format!("{column} >= {low} AND {column} < {high} AND {compared}");
    }
    // SQLite would go by the key's first column.
    let by = match (sql.dialect, tag) {
        (Dialect::Sqlite, PATIENT_ID) => "INDEXED BY patients_by_id",
        (Dialect::Sqlite, SERIES_UID) => "INDEXED BY series_by_uid",
        (Dialect::Sqlite, SOP_UID) => "INDEXED BY instances_by_sop",
        _ => "",
    };
    Some(match tag {
        PATIENT_ID => format!(
            "SELECT g.issuer, g.patient_id FROM patients g {by} WHERE g.institution_id = $1 \
             AND {compared}"
        ),
        SERIES_UID => format!(
            "f.study_uid IN (SELECT g.study_uid FROM series g {by} WHERE g.institution_id = $1 \
             AND {compared})"
        ),
        SOP_UID => format!(
            "f.study_uid IN (SELECT g.study_uid FROM instances g {by} WHERE g.institution_id = $1 \
             AND {compared})"
        ),
        _ => compared,
    })
}

/// Whether what leads says a condition already: that some series has a modality.
fn is_said(level: Level, condition: &Condition, lead: &Lead) -> bool {
    let (Lead::Term { term, .. }, Matching::Single(modality)) = (lead, &condition.matching) else {
        return false;
    };
    let of_study = match condition.path.as_slice() {
        [MODALITIES] => level != Level::Patient,
        [MODALITY] => level == Level::Study,
        _ => false,
    };
    of_study && term.strip_prefix('m') == Some(modality.trim())
}

/// Whether a name is matched as it is written only: it is in no column of folded names.
fn is_written_name(path: &[TagNumber], operand: Option<&Operand>) -> bool {
    matches!(operand, Some(Operand::Json { .. }))
        && path
            .last()
            .is_some_and(|tag| dataset::levels::is_name(*tag))
}

/// The tables that keys and conditions are read from, in the order they are visited.
fn from(
    dialect: Dialect,
    whose: &Whose<'_>,
    level: Level,
    (lead, led_by_term, also): (&Lead, bool, &str),
    (leading, conditions): (&[String], &[String]),
) -> String {
    if level == Level::Patient {
        return "patients p".into();
    }
    // SQLite visits tables of a CROSS JOIN in their order; PostgreSQL knows better.
    let join = match dialect {
        Dialect::Sqlite => "CROSS JOIN",
        Dialect::Postgres => "JOIN",
    };
    let mentions = |alias: &str| conditions.iter().any(|text| text.contains(alias));
    let patients = mentions("p.");
    let key = if led_by_term { "t" } else { "s" };
    let mut from = match (led_by_term, dialect, lead) {
        (true, Dialect::Sqlite, _) => format!("study_terms t{also}"),
        // The index's order is the page's: PostgreSQL shall neither sort nor join in another order,
        // however few matches it expects.
        (true, Dialect::Postgres, _) => format!(
            "(SELECT t.institution_id, t.study_date, t.study_time, t.study_uid FROM study_terms t\
             {also} WHERE {} ORDER BY t.study_date DESC, t.study_time DESC, t.study_uid OFFSET 0) t",
            leading.join(" AND ")
        ),
        (false, ..) if whose.is_others() => format!("visible w {join} studies s ON {IS_SEEN}"),
        (false, Dialect::Sqlite, Lead::Order) => "studies s INDEXED BY studies_by_time".into(),
        (false, ..) => "studies s".into(),
    };
    if led_by_term && (patients || mentions("s.")) {
        let of_term = "s.institution_id = t.institution_id AND s.study_uid = t.study_uid";
        from.push_str(&looked_up(dialect, "studies s", of_term));
    }
    if patients {
        let of_study = "p.institution_id = s.institution_id AND p.issuer = s.issuer \
                        AND p.patient_id = s.patient_id";
        if led_by_term {
            from.push_str(&looked_up(dialect, "patients p", of_study));
        } else {
            from.push_str(&format!(" {join} patients p ON {of_study}"));
        }
    }
    if level >= Level::Series {
        from.push_str(&format!(
            " {join} series e ON e.institution_id = {key}.institution_id \
             AND e.study_uid = {key}.study_uid"
        ));
    }
    if level == Level::Instance {
        from.push_str(&format!(
            " {join} instances i ON i.institution_id = e.institution_id \
             AND i.study_uid = e.study_uid AND i.series_uid = e.series_uid"
        ));
    }
    from
}

/// Whether a condition is of nothing but the term's rows.
fn of_term_only(condition: &str) -> bool {
    !["s.", "p.", "e.", "i."]
        .iter()
        .any(|alias| condition.contains(alias))
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
