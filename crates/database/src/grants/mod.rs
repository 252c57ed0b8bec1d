//! Who may see what another institution holds, and who may not: written down, ended, and read by the rule of
//! `access::ground`.

mod emergencies;
mod facts;
mod prohibitions;
mod read;
mod sensitive;
mod terms;
mod write;

pub use emergencies::{Emergency, Outcome, Review};
pub use prohibitions::{NewProhibition, ProhibitionRow};
pub use terms::{Recorded, Terms};

use model::{Basis, InstitutionId};
use ulid::Ulid;

/// What lets an institution see what others hold, as it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGrant {
    /// Its key.
    pub id: Ulid,
    /// On what.
    pub basis: Basis,
    /// The institution that may see.
    pub reader: InstitutionId,
    /// The one person who may; none: everybody there whose role reads.
    pub account: Option<String>,
    /// Sensitive categories that a consent names.
    pub categories: Vec<String>,
    /// The visit of an encounter; else empty.
    pub reference: String,
    /// What may be seen, and how long.
    pub terms: Terms,
}

/// A grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRow {
    /// What was written down; its end is the earlier one where it was ended.
    pub grant: NewGrant,
    /// When and by whom.
    pub recorded: Recorded,
}

/// Whose grants or prohibitions are listed.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// The institution that may see, that holds, or that wrote them down.
    pub institution: &'a InstitutionId,
    /// Only those before this one: later ones come first.
    pub before: Option<Ulid>,
    /// At most so many.
    pub limit: u32,
}
