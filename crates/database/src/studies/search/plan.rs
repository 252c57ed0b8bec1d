//! Which index leads a search. Databases guess badly how many rows a page's order and a name's terms
//! meet in; what can be counted in a moment is counted instead.

use model::{
    InstitutionId,
    search::{Level, Matching, Search, TagNumber},
};

use super::{super::fill::without_terms, names};
use crate::{
    DatabaseError,
    sql::{Bind, Connection, Dialect},
};

/// Rows that are few: read and sorted in no time.
const FEW: i64 = 250;

/// Terms of one search that are compared.
const COMPARED: usize = 6;

/// Terms besides the one that leads that a study is looked up at.
const LOOKED_UP: usize = 2;

pub(super) const PATIENT_NAME: TagNumber = 0x0010_0010;
pub(super) const PHYSICIAN: TagNumber = 0x0008_0090;
pub(super) const PATIENT_ID: TagNumber = 0x0010_0020;
pub(super) const ACCESSION: TagNumber = 0x0008_0050;
pub(super) const STUDY_UID: TagNumber = 0x0020_000D;
pub(super) const SERIES_UID: TagNumber = 0x0020_000E;
pub(super) const SOP_UID: TagNumber = 0x0008_0018;
pub(super) const MODALITY: TagNumber = 0x0008_0060;
pub(super) const MODALITIES: TagNumber = 0x0008_0061;

/// What leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// The page's own order, newest first, or patients by name.
    Order,
    /// The studies of a term, in the same order; of those, such as have the other terms too.
    Term { term: String, also: Vec<String> },
    /// The key at this place in the search: it lets few studies through.
    Key(usize),
    /// The study or series that the search is within.
    Path,
}

/// What may lead.
enum Candidate {
    Term(String),
    /// A key that begins with a text, at this place in the search.
    Beginning(usize, TagNumber, String),
}

/// Chooses for a search. One statement, and only where something must be counted.
pub(super) async fn choose(
    connection: &mut Connection<'_>,
    institution: &InstitutionId,
    search: &Search,
) -> Result<Lead, DatabaseError> {
    if search.study.is_some() {
        return Ok(Lead::Path);
    }
    if let Some(at) = exact(search) {
        return Ok(Lead::Key(at));
    }
    let mut candidates = Vec::new();
    let (mut names, mut physicians) = (Vec::new(), Vec::new());
    for (at, condition) in search.conditions.iter().enumerate() {
        match (condition.path.as_slice(), &condition.matching) {
            ([PATIENT_NAME], matching) => names.extend(names::terms(matching, search.fuzzy)),
            ([PHYSICIAN], matching) => physicians.extend(names::terms(matching, search.fuzzy)),
            ([MODALITY | MODALITIES], Matching::Single(modality)) => {
                candidates.push(Candidate::Term(format!("m{}", modality.trim())));
            }
            ([tag @ (PATIENT_ID | ACCESSION)], Matching::Wildcard(text)) => {
                let text = text.trim().replace('\0', " ");
                let beginning = text.split(['*', '?']).next().unwrap_or_default();
                if !beginning.is_empty() {
                    candidates.push(Candidate::Beginning(at, *tag, beginning.to_owned()));
                }
            }
            _ => {}
        }
    }
    let some_lack_terms = !names.is_empty() || !physicians.is_empty();
    for (kind, terms) in [('n', names), ('r', physicians)] {
        let terms = terms.into_iter().take(COMPARED);
        candidates.extend(terms.map(|term| Candidate::Term(format!("{kind}{term}"))));
    }
    match candidates.as_slice() {
        [] => Ok(Lead::Order),
        // A patient is not ordered by date: only few of a term's studies help.
        [Candidate::Term(term)] if !some_lack_terms && search.level != Level::Patient => {
            Ok(Lead::Term {
                term: term.clone(),
                also: Vec::new(),
            })
        }
        _ => compare(connection, institution, search.level, candidates).await,
    }
}

/// A key that one or few studies can have, the most telling first.
fn exact(search: &Search) -> Option<usize> {
    const TELLING: [TagNumber; 5] = [STUDY_UID, SOP_UID, SERIES_UID, ACCESSION, PATIENT_ID];
    TELLING.iter().find_map(|tag| {
        search.conditions.iter().position(|condition| {
            condition.path == [*tag]
                && matches!(condition.matching, Matching::Single(_) | Matching::List(_))
        })
    })
}

async fn compare(
    connection: &mut Connection<'_>,
    institution: &InstitutionId,
    level: Level,
    candidates: Vec<Candidate>,
) -> Result<Lead, DatabaseError> {
    let mut binds = vec![Bind::text(institution.as_str())];
    let mut place = |text: &str| {
        binds.push(Bind::text(text));
        format!("${}", binds.len())
    };
    let dialect = connection.dialect();
    let mut counts: Vec<String> = ["patients", "studies"]
        .map(|table| {
            let table = without_terms(dialect, table);
            rows(
                &format!("{table} WHERE institution_id = $1 AND terms IS NULL"),
                1,
            )
        })
        .to_vec();
    for candidate in &candidates {
        counts.push(match candidate {
            Candidate::Term(term) => {
                let from = format!(
                    "study_terms WHERE institution_id = $1 AND term = {}",
                    place(term)
                );
                // Where it has more, the day that so many of them reach back to tells how many.
                format!(
                    "{}, (SELECT study_date FROM {from} ORDER BY study_date DESC, \
                     study_time DESC, study_uid LIMIT 1 OFFSET {FEW})",
                    rows(&from, FEW)
                )
            }
            Candidate::Beginning(_, tag, text) => {
                let (low, high) = (place(text), place(&format!("{text}\u{10ffff}")));
                let (table, column) = match (*tag == PATIENT_ID, dialect) {
                    (true, Dialect::Sqlite) => ("patients INDEXED BY patients_by_id", "patient_id"),
                    (true, Dialect::Postgres) => ("patients", "patient_id"),
                    (false, _) => ("studies", "accession_number"),
                };
                rows(
                    &format!(
                        "{table} WHERE institution_id = $1 AND {column} >= {low} \
                         AND {column} < {high}"
                    ),
                    FEW,
                )
            }
        });
    }
    let sql = format!("SELECT {}", counts.join(", "));
    let Some(row) = connection.fetch_planned(&sql, binds).await?.pop() else {
        return Ok(Lead::Order);
    };
    let lacking = row.number(0)? > 0 || row.number(1)? > 0;
    let mut ranked = Vec::with_capacity(candidates.len());
    let mut column = 2;
    for candidate in candidates {
        let count = row.number(column)?;
        let mut reach = String::new();
        column += 1;
        if matches!(candidate, Candidate::Term(_)) {
            reach = row.text_or_null(column)?.unwrap_or_default();
            column += 1;
        }
        let may_lead = match &candidate {
            // Names of an older release have no terms yet; modalities have.
            Candidate::Term(term) if lacking && !term.starts_with('m') => false,
            Candidate::Term(_) => level != Level::Patient || count < FEW,
            Candidate::Beginning(..) => count < FEW,
        };
        if may_lead {
            ranked.push((count, reach, candidate));
        }
    }
    ranked.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let mut ranked = ranked.into_iter();
    Ok(match ranked.next() {
        None => Lead::Order,
        Some((_, _, Candidate::Beginning(at, ..))) => Lead::Key(at),
        Some((count, _, Candidate::Term(term))) => {
            // Looking a study up and comparing its name takes longer than finding it at another term.
            let others = ranked.filter_map(|(_, _, other)| match other {
                Candidate::Term(term) if count >= FEW => Some(term),
                _ => None,
            });
            let also = others.take(LOOKED_UP).collect();
            Lead::Term { term, also }
        }
    })
}

/// How many rows there are, counted to `most`.
fn rows(from: &str, most: i64) -> String {
    format!("(SELECT COUNT(*) FROM (SELECT 1 AS one FROM {from} LIMIT {most}) counted)")
}
