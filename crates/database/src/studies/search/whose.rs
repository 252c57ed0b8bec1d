//! Whose holdings a page is of: the own institution's, or those of others that a reader may see.

use access::Reader;
use model::{InstitutionId, search::Level};

use super::condition::Where;
use crate::sql::Bind;

/// Whose holdings a page is of.
#[derive(Debug)]
pub(super) enum Whose<'a> {
    /// What an institution holds itself; it is `$1`.
    Own(&'a InstitutionId),
    /// What others hold and `reader` sees at a moment, in the column's microseconds; institution, account and moment
    /// are `$1`, `$2` and `$3`.
    Others { reader: &'a Reader, now: i64 },
}

/// Joins a study `s` to a row `w` of those that are seen.
pub(super) const IS_SEEN: &str =
    "s.institution_id = w.institution_id AND s.study_uid = w.study_uid";

/// Whether a period that `$at` bounds covers the day of the study: `$undated` when there is no day.
macro_rules! within {
    ($at:literal, $undated:literal) => {
        concat!(
            "(CASE WHEN s.study_date = '' THEN ",
            $undated,
            " ELSE (",
            $at,
            ".study_from = '' OR s.study_date >= ",
            $at,
            ".study_from) AND (",
            $at,
            ".study_to = '' OR s.study_date <= ",
            $at,
            ".study_to) END)"
        )
    };
}

/// The studies of others that are seen, one holding each: `access::ground` in SQL.
const VISIBLE: &str = concat!(
    "visible AS MATERIALIZED (SELECT r.institution_id, r.study_uid, r.issuer, r.patient_id FROM \
     (SELECT s.institution_id, s.study_uid, s.issuer, s.patient_id, \
     row_number() OVER (PARTITION BY s.study_uid ORDER BY s.first_ulid, s.institution_id) AS place \
     FROM bases b JOIN grants g ON g.grant_id = b.grant_id \
     JOIN patients q ON q.issuer = b.issuer AND q.patient_id = b.patient_id \
     JOIN studies s ON s.institution_id = q.institution_id AND s.issuer = q.issuer \
     AND s.patient_id = q.patient_id \
     WHERE b.reader_id = $1 AND s.institution_id <> $1 AND g.account IN ('', $2) \
     AND g.valid_from <= $3 AND g.valid_until > $3 AND g.holder_id IN ('', s.institution_id) \
     AND b.study_uid IN ('', s.study_uid) AND ",
    within!("g", "g.study_from = '' AND g.study_to = ''"),
    " AND (g.basis = 'emergency' OR NOT EXISTS (SELECT 1 FROM sensitive_studies c \
     WHERE c.institution_id = s.institution_id AND c.study_uid = s.study_uid \
     AND NOT (g.basis = 'consent' AND g.categories LIKE '%,' || c.category || ',%'))) \
     AND NOT EXISTS (SELECT 1 FROM prohibited d JOIN prohibitions f \
     ON f.prohibition_id = d.prohibition_id WHERE d.issuer = s.issuer \
     AND d.patient_id = s.patient_id AND d.study_uid IN ('', s.study_uid) \
     AND f.valid_from <= $3 AND f.valid_until > $3 AND f.reader_id IN ('', $1) \
     AND f.holder_id IN ('', s.institution_id) AND ",
    within!("f", "true"),
    " AND (f.category = '' OR EXISTS (SELECT 1 FROM sensitive_studies c \
     WHERE c.institution_id = s.institution_id AND c.study_uid = s.study_uid \
     AND c.category = f.category)) \
     AND (f.prohibitor = 'law' OR g.basis <> 'emergency')) \
     AND NOT EXISTS (SELECT 1 FROM studies o WHERE o.institution_id = $1 \
     AND o.study_uid = s.study_uid)) r WHERE r.place = 1), "
);

impl Whose<'_> {
    pub(super) fn is_others(&self) -> bool {
        matches!(self, Self::Others { .. })
    }

    /// The values that begin a statement.
    pub(super) fn binds(&self) -> Vec<Bind> {
        match self {
            Self::Own(institution) => vec![Bind::text(institution.as_str())],
            Self::Others { reader, now } => vec![
                Bind::text(reader.institution.as_str()),
                Bind::text(reader.account.as_deref().unwrap_or_default()),
                Bind::number(*now),
            ],
        }
    }

    /// What a `WITH` begins with.
    pub(super) fn visible(&self) -> &'static str {
        match self {
            Self::Own(_) => "",
            Self::Others { .. } => VISIBLE,
        }
    }

    /// The institution that a row `of` is of.
    pub(super) fn at(&self, of: &str) -> String {
        match self {
            Self::Own(_) => "$1".into(),
            Self::Others { .. } => format!("{of}.institution_id"),
        }
    }

    /// What a list of columns ends with, so that [`Whose::at`] is there.
    pub(super) fn key(&self, of: &str) -> String {
        match self {
            Self::Own(_) => String::new(),
            Self::Others { .. } => format!(", {of}.institution_id"),
        }
    }

    /// The condition that keeps a patient's studies `s` to those that are seen.
    pub(super) fn seen(&self) -> &'static str {
        match self {
            Self::Own(_) => "",
            Self::Others { .. } => {
                " AND (s.institution_id, s.study_uid) IN \
                 (SELECT w.institution_id, w.study_uid FROM visible w)"
            }
        }
    }

    /// That a row is held: a patient is there as long as a study of it is. Of a patient whom several hold, and the
    /// reader's institution does not know, the first of them tells.
    pub(super) fn held(&self, sql: &Where, level: Level) -> String {
        match (self, level) {
            (Self::Own(_), Level::Patient) => format!(
                "p.institution_id = $1 AND {}",
                sql.some(
                    "studies s WHERE s.institution_id = $1 AND s.issuer = p.issuer \
                     AND s.patient_id = p.patient_id"
                )
            ),
            (Self::Own(_), _) => format!("{}.institution_id = $1", sql.key),
            (Self::Others { .. }, Level::Patient) => {
                "(p.issuer, p.patient_id, p.institution_id) IN (SELECT w.issuer, w.patient_id, \
                 MIN(w.institution_id) FROM visible w GROUP BY w.issuer, w.patient_id) \
                 AND NOT EXISTS (SELECT 1 FROM studies o WHERE o.institution_id = $1 \
                 AND o.issuer = p.issuer AND o.patient_id = p.patient_id)"
                    .into()
            }
            (Self::Others { .. }, _) => "true".into(),
        }
    }
}
