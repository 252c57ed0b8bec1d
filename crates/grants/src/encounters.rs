//! Encounters: while a patient is treated somewhere, that institution sees what others hold of them.

use access::Permit;
use database::grants::{GrantRow, NewGrant};
use model::{Basis, Operation};

use crate::{
    Grants, GrantsError, NewTerms,
    terms::{Faults, TEXT, checked},
};

impl Grants {
    /// Tells that a patient's visit has begun, or what is known of it now: told again, it is what was told last.
    pub async fn open_encounter(
        &self,
        permit: &Permit,
        visit: &str,
        told: NewTerms,
    ) -> Result<GrantRow, GrantsError> {
        permit.require(Operation::Encounter)?;
        let mut faults = Faults::default();
        if visit.trim().is_empty() {
            faults.add("visit", "a visit has a number");
        }
        faults.line("visit", visit, TEXT);
        let terms = checked(told, self.clock.now(), &mut faults)?;
        let encounter = NewGrant {
            id: self.identifiers.next(),
            basis: Basis::Encounter,
            reader: permit.institution().clone(),
            account: None,
            categories: Vec::new(),
            reference: visit.to_owned(),
            terms,
        };
        let subject = encounter.id.to_string();
        let deed = Self::deed(permit, "encounter_told", &subject, String::new());
        let id = self.database.put_encounter(&deed, &encounter).await?;
        self.made(&encounter);
        self.written(id).await
    }

    /// Tells that a visit has ended: what it lets see ends so much later as is configured.
    pub async fn close_encounter(&self, permit: &Permit, visit: &str) -> Result<(), GrantsError> {
        permit.require(Operation::Encounter)?;
        const UNKNOWN: GrantsError = GrantsError::Unknown("encounter");
        let own = permit.institution();
        let row = self.database.encounter(own, visit).await?.ok_or(UNKNOWN)?;
        let (id, until) = (
            row.grant.id,
            self.clock.now() + self.settings.encounter_after,
        );
        let subject = id.to_string();
        let deed = Self::deed(permit, "encounter_ended", &subject, String::new());
        match self.database.end_grant(&deed, own, id, until).await? {
            true => Ok(()),
            false => Err(UNKNOWN),
        }
    }
}
