//! Searching the worklist (PS3.18 §11.9, PS3.4 §CC.2.8).

use access::Permit;
use database::workitems::{Narrowed, Workitem};
use dataset::json::JsonObject;
use model::{
    InstitutionId, Operation, StepState,
    search::{Condition, Matching},
};
use serde_json::Value;

use crate::{
    WorkitemError, Workitems,
    matching::matches,
    moment::{Moment, digits_of},
    requirements::{Create, RETURNED_TOO, row},
};

/// Workitems read at a time.
const PAGE: u32 = 500;

/// What is searched for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// At most so many; none: the configured maximum.
    pub limit: Option<u32>,
    /// Matches passed over.
    pub offset: u32,
    /// Person names match by word prefix.
    pub fuzzy: bool,
}

/// One page of matches, by start and UID.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// All attributes of each.
    pub workitems: Vec<JsonObject>,
    /// Whether more match.
    pub more: bool,
}

/// Whether a search returns an attribute unasked: return keys of type 1 and 2 and those of type 1C
/// that are there (PS3.18 §11.9.2).
pub fn always_returned(key: &str) -> bool {
    let ours = ["00080005", "00080016", "00080018", "00404010"];
    RETURNED_TOO.contains(&key)
        || ours.contains(&key)
        || row(key).is_some_and(|row| matches!(row.create, Create::Value | Create::There))
        || key == crate::attributes::PROGRESS
}

impl Workitems {
    /// Searches the worklist of the permit's institution.
    pub async fn search(&self, permit: &Permit, search: &Search) -> Result<Page, WorkitemError> {
        permit.require(Operation::Worklist)?;
        self.episodes.record(permit, None).await?;
        let most = self.settings.max_results;
        let limit = search.limit.map_or(most, |limit| limit.min(most)) as usize;
        let mut pass = search.offset;
        let mut page = Page::default();
        let mut scan = Scan::new(&search.conditions);
        loop {
            let read = scan.next(self, permit.institution()).await?;
            if read.is_empty() {
                return Ok(page);
            }
            for (_, attributes) in read {
                if !matches(&attributes, &search.conditions, search.fuzzy) {
                } else if pass > 0 {
                    pass -= 1;
                } else if page.workitems.len() < limit {
                    page.workitems.push(attributes);
                } else {
                    page.more = true;
                    return Ok(page);
                }
            }
        }
    }
}

/// Reads the worklist page by page, narrowed by what has an index.
pub(crate) struct Scan {
    narrowed: Narrowed,
    last: Option<Workitem>,
    ended: bool,
}

impl Scan {
    pub(crate) fn new(conditions: &[Condition]) -> Self {
        Self {
            narrowed: narrowed(conditions),
            last: None,
            ended: false,
        }
    }

    /// The next workitems with their attributes; none at the end.
    pub(crate) async fn next(
        &mut self,
        workitems: &Workitems,
        institution: &InstitutionId,
    ) -> Result<Vec<(Workitem, JsonObject)>, WorkitemError> {
        if self.ended {
            return Ok(Vec::new());
        }
        let after = self.last.as_ref();
        let database = &workitems.database;
        let read = database.workitems(institution, &self.narrowed, after, PAGE);
        let read = read.await?;
        self.ended = read.len() < PAGE as usize;
        self.last = read.last().cloned();
        read.into_iter()
            .map(|workitem| {
                let attributes = crate::service::attributes_of(&workitem)?;
                Ok((workitem, attributes))
            })
            .collect()
    }
}

/// What columns can tell of the conditions.
fn narrowed(conditions: &[Condition]) -> Narrowed {
    let mut narrowed = Narrowed::default();
    for Condition { path, matching } in conditions {
        match (path.as_slice(), matching) {
            ([0x0074_1000], Matching::Single(state)) => {
                narrowed.states = Some(StepState::parse(state).into_iter().collect());
            }
            ([0x0074_1000], Matching::List(states)) => {
                let states = states.iter().filter_map(|state| StepState::parse(state));
                narrowed.states = Some(states.collect());
            }
            ([0x0010_0020], Matching::Single(id)) => narrowed.patient_id = Some(id.clone()),
            ([0x0040_4005], Matching::Single(moment)) => {
                narrowed.starts_from = edge(moment, |moment| moment.first);
                narrowed.starts_to = edge(moment, |moment| moment.last);
            }
            ([0x0040_4005], Matching::Range(low, high)) => {
                let low = low.as_deref().and_then(|low| edge(low, |low| low.first));
                let high = high
                    .as_deref()
                    .and_then(|high| edge(high, |high| high.last));
                narrowed.starts_from = low;
                narrowed.starts_to = high;
            }
            _ => {}
        }
    }
    narrowed
}

/// An end of a range in the form of the column, which knows the clock of the place only.
fn edge(text: &str, end: impl Fn(Moment) -> i64) -> Option<String> {
    let moment = Moment::parse(text)?;
    moment.offset.is_none().then(|| digits_of(end(moment)))
}

/// Parses what the database holds.
pub(crate) fn parse(text: &str) -> Option<JsonObject> {
    match serde_json::from_str(text).ok()? {
        Value::Object(attributes) => Some(attributes),
        _ => None,
    }
}
