//! The worklist: workitems, who follows them, and the event reports that wait for them.

mod events;
mod follow;
mod items;
mod purge;
mod search;
mod write;

use model::{AeTitle, StepState, Uid, Worklist};

pub use search::Narrowed;
pub use write::{Change, Written};

pub use crate::studies::fold_name;
use crate::{
    DatabaseError,
    sql::{Bind, Row},
};

/// A workitem as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workitem {
    /// Its SOP Instance UID.
    pub uid: Uid,
    /// Its state.
    pub state: StepState,
    /// The Transaction UID of who holds it, or held it at its end.
    pub transaction: Option<String>,
    /// Patient ID (0010,0020), empty where there is none.
    pub patient_id: String,
    /// Scheduled Procedure Step Start DateTime (0040,4005) as it is written.
    pub starts: String,
    /// DICOM JSON, without the Transaction UID.
    pub attributes: String,
    /// Counts its changes.
    pub version: i64,
}

/// Who follows all workitems, or those that match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follower {
    /// Whom event reports are for.
    pub subscriber: AeTitle,
    /// All, or those that match.
    pub worklist: Worklist,
    /// Whether workitems are kept until the subscriber lets go of them.
    pub deletion_lock: bool,
    /// `name=value` lines; empty for all.
    pub filter: String,
}

/// A workitem that somebody begins to follow, and what they are told at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The workitem.
    pub uid: Uid,
    /// The event report, if any.
    pub report: Option<String>,
}

const COLUMNS: &str = "uid, state, transaction_uid, patient_id, starts, attributes, version";

fn workitem(row: &Row) -> Result<Workitem, DatabaseError> {
    Ok(Workitem {
        uid: row.parsed(0, |text| Uid::new(text).ok())?,
        state: row.parsed(1, StepState::parse)?,
        transaction: row.text_or_null(2)?,
        patient_id: row.text(3)?,
        starts: row.text(4)?,
        attributes: row.text(5)?,
        version: row.number(6)?,
    })
}

fn title(row: &Row, column: usize) -> Result<AeTitle, DatabaseError> {
    row.parsed(column, |text| AeTitle::new(text).ok())
}

fn flag(set: bool) -> Bind {
    Bind::number(i64::from(set))
}
