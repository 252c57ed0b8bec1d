//! Who may see what another institution holds, and who may not: consents, referrals, encounters, emergencies and
//! prohibitions, each written down by somebody who may, and in force everywhere within five seconds.

mod emergencies;
mod encounters;
mod error;
mod given;
mod prohibitions;
mod sensitive;
mod terms;
mod why;

pub use emergencies::Reason;
pub use error::{Fault, GrantsError};
pub use given::NewGiven;
pub use prohibitions::NewForbidden;
pub use terms::NewTerms;
pub use why::Why;

use std::sync::Arc;

use access::{Episodes, Permit};
use database::{Database, Deed, grants::Page};
use model::{AuditPort, Basis, Clock, Identifiers, InstitutionId, Operation};
use time::Duration;
use ulid::Ulid;

/// How long things last, and how long a list may be.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long after its end an encounter lets see.
    pub encounter_after: Duration,
    /// How long an emergency lets see.
    pub emergency: Duration,
    /// How long after it began its review is due.
    pub review: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            encounter_after: Duration::hours(24),
            emergency: Duration::hours(4),
            review: Duration::hours(72),
        }
    }
}

/// Keeps grants and prohibitions. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Grants {
    database: Database,
    episodes: Arc<Episodes>,
    clock: Arc<dyn Clock>,
    identifiers: Arc<dyn Identifiers>,
    settings: Settings,
}

/// Rows of one page of a list.
const LISTED: u32 = 100;

impl Grants {
    /// Over the index; what is listed is recorded through `audit`.
    pub fn new(
        database: Database,
        audit: Arc<dyn AuditPort>,
        clock: Arc<dyn Clock>,
        identifiers: Arc<dyn Identifiers>,
        settings: Settings,
    ) -> Self {
        Self {
            database,
            episodes: Arc::new(Episodes::new(audit, clock.clone())),
            clock,
            identifiers,
            settings,
        }
    }

    /// What is written down of a change that `permit` allows.
    fn deed<'a>(
        permit: &'a Permit,
        deed: &'static str,
        subject: &'a str,
        detail: String,
    ) -> Deed<'a> {
        Deed {
            institution: permit.institution(),
            actor: permit.actor().label(),
            deed,
            subject,
            detail,
        }
    }

    /// Refuses an institution that does not take part.
    async fn require_known(
        &self,
        field: &'static str,
        institution: Option<&InstitutionId>,
    ) -> Result<(), GrantsError> {
        let Some(id) = institution else {
            return Ok(());
        };
        match self.database.institution(id).await? {
            Some(_) => Ok(()),
            None => Err(GrantsError::fault(
                field,
                format!("there is no institution {id}"),
            )),
        }
    }
}

/// The rows of an institution behind `before`.
fn page(institution: &InstitutionId, before: Option<Ulid>) -> Page<'_> {
    Page {
        institution,
        before,
        limit: LISTED,
    }
}

/// What one must be allowed to do to write a grant on `basis` down, and to end it.
pub fn operation(basis: Basis) -> Operation {
    match basis {
        Basis::Consent => Operation::Consent,
        Basis::Encounter => Operation::Encounter,
        Basis::Referral | Basis::Consult => Operation::Refer,
        Basis::Emergency => Operation::Emergency,
    }
}
