//! Grants that somebody writes down: consents, referrals, requests for an opinion.

use access::{Actor, Permit, decide};
use database::grants::{GrantRow, NewGrant};
use model::{Basis, InstitutionId, Operation, Purpose};
use ulid::Ulid;

use crate::{
    Grants, GrantsError, NewTerms, operation, page,
    terms::{Faults, checked},
};

/// A consent, a referral or a request for an opinion, as it is told.
#[derive(Clone, Debug)]
pub struct NewGiven {
    /// On what.
    pub basis: Basis,
    /// The institution that may see.
    pub reader: InstitutionId,
    /// Sensitive categories that a consent names.
    pub categories: Vec<String>,
    /// What may be seen, and how long.
    pub terms: NewTerms,
}

impl Grants {
    /// Writes a grant down, in force from its beginning. Of a referral and a request for an opinion the holder is the
    /// own institution: nobody gives what is another's.
    pub async fn give(&self, permit: &Permit, told: NewGiven) -> Result<GrantRow, GrantsError> {
        permit.require(operation(told.basis))?;
        let own = permit.institution();
        let mut faults = Faults::default();
        faults.categories("categories", &told.categories);
        let mut terms = told.terms;
        match told.basis {
            Basis::Encounter | Basis::Emergency => {
                faults.add("basis", "consent, referral or consult");
            }
            Basis::Consent if terms.evidence.trim().is_empty() => {
                faults.add("evidence", "what proves it, as the number of the form");
            }
            Basis::Consent => {}
            Basis::Referral | Basis::Consult => {
                if terms.holder.as_ref().is_some_and(|holder| holder != own) {
                    faults.add("holder", format!("it is {own}: nobody gives another's"));
                }
                if told.reader == *own {
                    faults.add("reader", "the own institution sees what it holds");
                }
                terms.holder = Some(own.clone());
            }
        }
        if told.basis != Basis::Consent && !told.categories.is_empty() {
            faults.add("categories", "only a consent names what is sensitive");
        }
        if terms.until.is_none() {
            faults.add("until", "it has an end");
        }
        let terms = checked(terms, self.clock.now(), &mut faults)?;
        self.require_known("reader", Some(&told.reader)).await?;
        self.require_known("holder", terms.holder.as_ref()).await?;
        let grant = NewGrant {
            id: self.identifiers.next(),
            basis: told.basis,
            reader: told.reader,
            account: None,
            categories: told.categories,
            reference: String::new(),
            terms,
        };
        let subject = grant.id.to_string();
        let detail = format!("{} {}", grant.basis.as_str(), grant.reader);
        let deed = Self::deed(permit, "grant_made", &subject, detail);
        self.database.add_grant(&deed, &grant).await?;
        self.made(&grant);
        self.written(grant.id).await
    }

    /// Grants to the own institution, for what it holds by name, and those that it wrote down; the latest first.
    pub async fn grants(
        &self,
        permit: &Permit,
        before: Option<Ulid>,
    ) -> Result<Vec<GrantRow>, GrantsError> {
        self.episodes.record(permit, None).await?;
        let page = page(permit.institution(), before);
        Ok(self.database.grants(&page).await?)
    }

    /// Ends a grant that the own institution wrote down, now: whoever may write such a one may end it, and an emergency
    /// only whose it is.
    pub async fn end(&self, actor: &Actor, id: Ulid) -> Result<(), GrantsError> {
        const UNKNOWN: GrantsError = GrantsError::Unknown("grant");
        let decided = [
            Operation::Consent,
            Operation::Refer,
            Operation::Encounter,
            Operation::Emergency,
        ]
        .map(|operation| decide(actor, Purpose::Treatment, operation));
        let denial = decided.iter().find_map(|one| one.clone().err());
        let permits: Vec<Permit> = decided.into_iter().flatten().collect();
        if let (true, Some(denial)) = (permits.is_empty(), denial) {
            return Err(denial.into());
        }
        let row = self.database.grant(id).await?.ok_or(UNKNOWN)?;
        let wanted = operation(row.grant.basis);
        let mut permits = permits.into_iter();
        let permit = permits.find(|permit| permit.operation() == wanted);
        let permit = permit.ok_or(UNKNOWN)?;
        let is_own = row.grant.account.is_none() || row.grant.account == permit.reader().account;
        if !is_own {
            return Err(UNKNOWN);
        }
        let subject = id.to_string();
        let detail = row.grant.basis.as_str().to_owned();
        let deed = Self::deed(&permit, "grant_ended", &subject, detail);
        let own = permit.institution();
        let ended = self
            .database
            .end_grant(&deed, own, id, self.clock.now())
            .await?;
        if ended { Ok(()) } else { Err(UNKNOWN) }
    }

    /// Counts a grant that was made.
    pub(crate) fn made(&self, grant: &NewGrant) {
        let basis = grant.basis.as_str();
        metrics::counter!("grants_made_total", "basis" => basis).increment(1);
    }

    /// A grant as it stands in the index.
    pub(crate) async fn written(&self, id: Ulid) -> Result<GrantRow, GrantsError> {
        let row = self.database.grant(id).await?;
        row.ok_or(GrantsError::Unknown("grant"))
    }
}
