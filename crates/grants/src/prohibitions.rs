//! What a patient, or the law, forbids others to see.

use access::{Permit, Prohibitor};
use database::grants::{NewProhibition, ProhibitionRow};
use model::{InstitutionId, Operation};
use ulid::Ulid;

use crate::{
    Grants, GrantsError, NewTerms, page,
    terms::{Faults, checked},
};

/// A prohibition, as it is told.
#[derive(Clone, Debug)]
pub struct NewForbidden {
    /// Who forbids.
    pub by: Prohibitor,
    /// The institution that may not see; none: nobody else than the holder.
    pub reader: Option<InstitutionId>,
    /// Only studies of this sensitive category; empty: all.
    pub category: String,
    /// What may not be seen, and how long.
    pub terms: NewTerms,
}

impl Grants {
    /// Writes a prohibition down, in force from its beginning.
    pub async fn forbid(
        &self,
        permit: &Permit,
        told: NewForbidden,
    ) -> Result<ProhibitionRow, GrantsError> {
        permit.require(Operation::Consent)?;
        let mut faults = Faults::default();
        if !told.category.is_empty() {
            faults.categories("category", std::slice::from_ref(&told.category));
        }
        let terms = checked(told.terms, self.clock.now(), &mut faults)?;
        self.require_known("reader", told.reader.as_ref()).await?;
        self.require_known("holder", terms.holder.as_ref()).await?;
        let prohibition = NewProhibition {
            id: self.identifiers.next(),
            by: told.by,
            reader: told.reader,
            category: told.category,
            terms,
        };
        let subject = prohibition.id.to_string();
        let detail = prohibition.by.as_str().to_owned();
        let deed = Self::deed(permit, "prohibition_made", &subject, detail);
        let added = self.database.add_prohibition(&deed, &prohibition);
        added.await?;
        let just_behind = Ulid(prohibition.id.0.saturating_add(1));
        let mut listed = self.prohibitions(permit, Some(just_behind)).await?;
        listed.truncate(1);
        listed.pop().ok_or(GrantsError::Unknown("prohibition"))
    }

    /// Prohibitions that the own institution wrote down; the latest first.
    pub async fn prohibitions(
        &self,
        permit: &Permit,
        before: Option<Ulid>,
    ) -> Result<Vec<ProhibitionRow>, GrantsError> {
        permit.require(Operation::Consent)?;
        self.episodes.record(permit, None).await?;
        let page = page(permit.institution(), before);
        Ok(self.database.prohibitions(&page).await?)
    }

    /// Lifts a prohibition that the own institution wrote down.
    pub async fn lift(&self, permit: &Permit, id: Ulid) -> Result<(), GrantsError> {
        permit.require(Operation::Consent)?;
        let subject = id.to_string();
        let deed = Self::deed(permit, "prohibition_lifted", &subject, String::new());
        let own = permit.institution();
        match self.database.lift_prohibition(&deed, own, id).await? {
            true => Ok(()),
            false => Err(GrantsError::Unknown("prohibition")),
        }
    }
}
