//! Jobs: work that waits for a worker of any node, one row a subject (docs/adr/0012).
//!
//! A worker leases a job and renews the lease while it works. A lease that ends unrenewed is another
//! worker's to take, and whoever lost one can no longer say how the job ended.

mod ask;
mod lease;
mod letters;

pub(crate) use ask::{DELIVERIES, MANIFESTS};
pub use lease::{Lease, Leased};
pub use letters::{Counted, Listed};

use model::InstitutionId;

/// What a job does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Gives changes their numbers: one for the whole installation, and it never ends.
    Sequence,
    /// Keeps the metadata of a series in one piece; the subject is `study/series`.
    Manifest,
    /// Tells a subscriber of changes; the subject is the webhook's id.
    Deliver,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Sequence, Self::Manifest, Self::Deliver];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sequence => "sequence",
            Self::Manifest => "manifest",
            Self::Deliver => "deliver",
        }
    }

    /// The kind of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Whether a job waits, runs, or was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It waits for its time, and for a worker.
    Waiting,
    /// A worker has it.
    Running,
    /// It failed too often: a dead letter, which waits for an operator.
    Dead,
}

impl State {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Dead => "dead",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Running, Self::Dead]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// Which job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobKey {
    /// Whose; none: the installation's.
    pub institution: Option<InstitutionId>,
    /// What it does.
    pub kind: Kind,
    /// To what.
    pub subject: String,
}

impl JobKey {
    fn binds(&self) -> Vec<crate::sql::Bind> {
        use crate::sql::Bind;
        vec![
            Bind::text(self.institution.as_ref().map_or("", InstitutionId::as_str)),
            Bind::text(self.kind.as_str()),
            Bind::text(self.subject.as_str()),
        ]
    }

    /// Reads the first three columns.
    fn read(row: &crate::sql::Row) -> Result<Self, crate::DatabaseError> {
        let institution = row.text(0)?;
        Ok(Self {
            institution: match institution.is_empty() {
                true => None,
                false => Some(row.parsed(0, |text| InstitutionId::new(text).ok())?),
            },
            kind: row.parsed(1, Kind::parse)?,
            subject: row.text(2)?,
        })
    }
}
