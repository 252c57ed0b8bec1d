//! Institutions and the application entities that are theirs: entered one by one or from a table, and moved from
//! standing to standing.

mod entities;
mod error;
mod institutions;
mod table;

pub use entities::NewEntity;
pub use error::{Fault, RegistryError};
pub use institutions::NewInstitution;

use access::{Administration, Authority, Denial};
use database::{Database, Deed};
use model::InstitutionId;

/// Keeps the institutions that take part, for whoever has the [`Authority`] in the archive's own; every change is
/// written down in the transaction that makes it.
#[derive(Clone, Debug)]
pub struct Registry {
    database: Database,
    home: InstitutionId,
}

impl Registry {
    /// Over the index; `home` is the archive's own institution.
    pub fn new(database: Database, home: InstitutionId) -> Self {
        Self { database, home }
    }

    /// Refuses whoever does not keep the institutions of this archive: administrators of the others do not.
    fn require(&self, authority: &Authority) -> Result<(), Denial> {
        authority.require(Administration::Institutions)?;
        authority.require_at(&self.home)
    }

    /// What is written down of a change that `authority` allows.
    fn deed<'a>(
        &self,
        authority: &'a Authority,
        deed: &'static str,
        subject: &'a str,
        detail: String,
    ) -> Deed<'a> {
        Deed {
            institution: authority.institution(),
            actor: authority.actor().label(),
            deed,
            subject,
            detail,
        }
    }
}
