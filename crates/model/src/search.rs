//! What C-FIND and QIDO ask, free of either protocol (PS3.4 §C.2.2).

use crate::Uid;

/// The level of an information model (PS3.4 §C.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Patients.
    Patient,
    /// Studies.
    Study,
    /// Series.
    Series,
    /// SOP instances.
    Instance,
}

/// A DICOM attribute tag as `0xGGGGEEEE`.
pub type TagNumber = u32;

/// How a key matches (PS3.4 §C.2.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matching {
    /// Equal, without outer blanks; person names without regard to case.
    Single(String),
    /// One of several UIDs or values.
    List(Vec<String>),
    /// `*` and `?`.
    Wildcard(String),
    /// A range, both ends included; an open end is none. Dates as `YYYYMMDD`, times as
    /// `HHMMSS.FFFFFF` cut to the precision given.
    Range(Option<String>, Option<String>),
}

/// One key of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The path of tags: one tag, or sequence tag then attribute tag.
    pub path: Vec<TagNumber>,
    /// How it matches.
    pub matching: Matching,
}

/// Where a page ended: what comes behind it in the order of the search. Opaque to whoever holds it;
/// only `database` makes and reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(String);

impl Cursor {
    /// A cursor from its text, as [`Self::as_str`] gave it; whether it is one shows when it is used.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Its text: letters, digits, `.`, `-` and `~` only.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A search at one level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// What is returned.
    pub level: Level,
    /// Restricts to one study.
    pub study: Option<Uid>,
    /// Restricts to one series.
    pub series: Option<Uid>,
    /// All must hold.
    pub conditions: Vec<Condition>,
    /// At most so many; none: the configured maximum.
    pub limit: Option<u32>,
    /// Only what comes behind this place.
    pub after: Option<Cursor>,
    /// Matches passed over, behind `after`.
    pub offset: u32,
    /// Person names match by word prefix, in any order of the words, and by how ideographs are read.
    pub fuzzy: bool,
}

impl Search {
    /// A search for everything at `level`.
    pub fn at(level: Level) -> Self {
        Self {
            level,
            study: None,
            series: None,
            conditions: Vec::new(),
            limit: None,
            after: None,
            offset: 0,
            fuzzy: false,
        }
    }
}
