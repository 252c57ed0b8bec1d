//! Emergencies: a person sees what nothing else allows, for hours, in the open.

use std::str::FromStr;

use access::{Administration, Authority, Permit};
use database::{
    Deed,
    grants::{Emergency, GrantRow, NewGrant, Outcome},
};
use model::{Basis, Operation, PatientIdentity};
use ulid::Ulid;

use crate::{
    Grants, GrantsError, NewTerms, page,
    terms::{Faults, checked},
};

/// Why there is an emergency, of a short list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The patient cannot be asked.
    Unconscious,
    /// There is no time to ask.
    LifeThreatening,
    /// Nobody who could consent is reached.
    NoContact,
    /// Another, in words.
    Other,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 4] = [
        Self::Unconscious,
        Self::LifeThreatening,
        Self::NoContact,
        Self::Other,
    ];

    /// Its name in the index and in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unconscious => "unconscious",
            Self::LifeThreatening => "life_threatening",
            Self::NoContact => "no_contact",
            Self::Other => "other",
        }
    }
}

impl FromStr for Reason {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = Self::ALL.map(Self::as_str);
        let named = Self::ALL.into_iter().find(|one| one.as_str() == text);
        named.ok_or_else(|| format!("{text:?} is no reason: {}", names.join(", ")))
    }
}

/// The shortest explanation, characters.
const WORDS: usize = 4;

impl Grants {
    /// Lets the person of `permit`, and nobody else, see what others hold of a patient, whatever the patient forbade,
    /// for as long as is configured. A review is due afterwards.
    pub async fn break_glass(
        &self,
        permit: &Permit,
        patients: Vec<PatientIdentity>,
        reason: Reason,
        words: String,
    ) -> Result<GrantRow, GrantsError> {
        permit.require(Operation::Emergency)?;
        let person = permit.reader();
        let account = person.account.ok_or(GrantsError::NoPerson)?;
        let mut faults = Faults::default();
        if words.trim().chars().count() < WORDS {
            faults.add("text", format!("why, in {WORDS} characters at least"));
        }
        let now = self.clock.now();
        let told = NewTerms {
            patients,
            until: Some(now + self.settings.emergency),
            evidence: words,
            ..NewTerms::default()
        };
        let grant = NewGrant {
            id: self.identifiers.next(),
            basis: Basis::Emergency,
            reader: person.institution,
            account: Some(account),
            categories: Vec::new(),
            reference: String::new(),
            terms: checked(told, now, &mut faults)?,
        };
        let subject = grant.id.to_string();
        let detail = reason.as_str().to_owned();
        let deed = Self::deed(permit, "emergency_declared", &subject, detail);
        let (reason, due) = (reason.as_str(), now + self.settings.review);
        let added = self.database.add_emergency(&deed, &grant, reason, due);
        added.await?;
        self.made(&grant);
        tracing::warn!(
            grant = %grant.id,
            institution = %grant.reader,
            actor = permit.actor().label(),
            reason,
            "somebody sees in an emergency what nothing else allows"
        );
        self.written(grant.id).await
    }

    /// Emergencies of the own institution's people, and those in which something that it holds was opened; the latest
    /// first.
    pub async fn emergencies(
        &self,
        authority: &Authority,
        before: Option<Ulid>,
    ) -> Result<Vec<Emergency>, GrantsError> {
        authority.require(Administration::Reviews)?;
        let page = page(authority.institution(), before);
        Ok(self.database.emergencies(&page).await?)
    }

    /// Writes down what a review found.
    pub async fn review(
        &self,
        authority: &Authority,
        id: Ulid,
        outcome: Outcome,
        note: &str,
    ) -> Result<(), GrantsError> {
        authority.require(Administration::Reviews)?;
        let mut faults = Faults::default();
        faults.line("note", note, 512);
        if outcome == Outcome::Violation && note.trim().is_empty() {
            faults.add("note", "what was wrong");
        }
        faults.none()?;
        let subject = id.to_string();
        let deed = Deed {
            institution: authority.institution(),
            actor: authority.actor().label(),
            deed: "emergency_reviewed",
            subject: &subject,
            detail: outcome.as_str().to_owned(),
        };
        let own = authority.institution();
        if self
            .database
            .review_emergency(&deed, own, id, outcome, note)
            .await?
        {
            metrics::counter!("emergencies_reviewed_total", "outcome" => outcome.as_str())
                .increment(1);
            return Ok(());
        }
        let concerns = |one: &Emergency| one.grant.grant.id == id;
        let just_behind = Ulid(id.0.saturating_add(1));
        let listed = self.emergencies(authority, Some(just_behind)).await?;
        match listed.iter().any(concerns) {
            true => Err(GrantsError::Reviewed),
            false => Err(GrantsError::Unknown("emergency")),
        }
    }
}
