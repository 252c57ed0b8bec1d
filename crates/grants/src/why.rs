//! Why somebody may see a study.

use access::{FactsPort, Permit, ground};
use database::registry::Institution;
use model::{Basis, Operation, Uid};
use time::OffsetDateTime;
use ulid::Ulid;

use crate::{Grants, GrantsError};

/// Why somebody may see a study.
#[derive(Clone, Debug)]
pub struct Why {
    /// Whose holding is seen.
    pub holder: Institution,
    /// On what, by which grant, until when; none: it is the own institution's.
    pub ground: Option<(Basis, Ulid, OffsetDateTime)>,
}

impl Grants {
    /// Why the reader of `permit` sees `study`; what is not seen is unknown, whether somebody holds it or not.
    pub async fn why(&self, permit: &Permit, study: &Uid) -> Result<Why, GrantsError> {
        const UNKNOWN: GrantsError = GrantsError::Unknown("study");
        permit.require(Operation::Retrieve)?;
        let reader = permit.reader();
        let facts = self.database.facts(&reader, study).await?;
        let seen = ground(&reader, self.clock.now(), &facts);
        let holder = match &seen {
            Some(ground) => ground.holder(),
            None if facts.is_held => &reader.institution,
            None => return Err(UNKNOWN),
        };
        let holder = self.database.institution(holder).await?.ok_or(UNKNOWN)?;
        let ground = seen.map(|ground| (ground.basis(), ground.grant(), ground.until()));
        Ok(Why { holder, ground })
    }
}
