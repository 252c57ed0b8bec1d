//! Institutions, where they stand, and the application entities that are theirs.

mod entities;
mod institutions;

pub use entities::{Entity, EntityOf};
pub use institutions::{Details, Institution};

use model::{InstitutionId, Operation};

use crate::{DatabaseError, sql::Bind};

/// Why a row is not entered; none of those that came with it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Which of the rows, from 0.
    pub at: usize,
    /// What it conflicts with.
    pub with: ConflictWith,
}

/// What a row conflicts with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConflictWith {
    /// That institution has the credit code and campus.
    CreditCode(InstitutionId),
    /// There is no such institution.
    NoInstitution(InstitutionId),
}

/// Operations as a column holds them: names, joined by commas.
pub(crate) fn named(operations: &[Operation]) -> Bind {
    let names: Vec<&str> = operations.iter().map(|one| one.as_str()).collect();
    Bind::text(names.join(","))
}

/// What [`named`] wrote.
pub(crate) fn operations(text: &str) -> Option<Vec<Operation>> {
    text.split(',').map(|name| name.parse().ok()).collect()
}

/// A port of a column.
fn port(number: i64) -> Result<u16, DatabaseError> {
    u16::try_from(number).map_err(|_| DatabaseError::Corrupt {
        what: format!("port {number}"),
    })
}
