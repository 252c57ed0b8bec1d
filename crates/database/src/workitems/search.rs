//! Pages of workitems, narrowed by what has an index; the rest is matched by the caller.

use model::{InstitutionId, StepState};

use super::{COLUMNS, Workitem, workitem};
use crate::{Database, DatabaseError, sql::Bind};

/// What columns can tell of a search: the workitems that match are among those that these let
/// through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// Only these states; none: all.
    pub states: Option<Vec<StepState>>,
    /// Only this Patient ID.
    pub patient_id: Option<String>,
    /// Only what starts at or after this: a prefix of a date and time.
    pub starts_from: Option<String>,
    /// Only what starts before or at a date and time with this prefix.
    pub starts_to: Option<String>,
}

impl Database {
    /// Workitems after `after` (start and UID), by start and UID, at most `limit`.
    pub async fn workitems(
        &self,
        institution: &InstitutionId,
        narrowed: &Narrowed,
        after: Option<&Workitem>,
        limit: u32,
    ) -> Result<Vec<Workitem>, DatabaseError> {
        let mut binds = vec![Bind::text(institution.as_str())];
        let mut bind = |value: Bind| {
            binds.push(value);
            format!("${}", binds.len())
        };
        let mut conditions = vec!["institution_id = $1".to_owned()];
        if let Some(states) = &narrowed.states {
            let places: Vec<String> = states
                .iter()
                .map(|state| bind(Bind::text(state.as_str())))
                .collect();
            if places.is_empty() {
                return Ok(Vec::new());
            }
            conditions.push(format!("state IN ({})", places.join(", ")));
        }
        if let Some(id) = &narrowed.patient_id {
            conditions.push(format!("patient_id = {}", bind(Bind::text(id.as_str()))));
        }
        if let Some(from) = &narrowed.starts_from {
            conditions.push(format!("starts >= {}", bind(Bind::text(from.as_str()))));
        }
        if let Some(to) = &narrowed.starts_to {
            // Whatever follows a digit, dot or sign sorts before a tilde.
            conditions.push(format!("starts <= {}", bind(Bind::text(format!("{to}~")))));
        }
        if let Some(after) = after {
            let starts = bind(Bind::text(after.starts.as_str()));
            let uid = bind(Bind::text(after.uid.as_str()));
            conditions.push(format!("(starts, uid) > ({starts}, {uid})"));
        }
        let limit = bind(Bind::number(limit.into()));
        let sql = format!(
            "SELECT {COLUMNS} FROM workitems WHERE {} ORDER BY starts, uid LIMIT {limit} + 0",
            conditions.join(" AND ")
        );
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(&sql, binds).await?;
        rows.iter().map(workitem).collect()
    }
}
