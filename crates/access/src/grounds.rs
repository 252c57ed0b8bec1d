//! On what a reader sees a study that another institution holds: the rule, apart from where its facts are kept.
//! Legal block before the patient's prohibition before the basis (recognition.md, authorisation grant).

use model::{Basis, InstitutionId, PatientIdentity, Uid};
use time::OffsetDateTime;
use ulid::Ulid;

/// Who wants to see it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reader {
    /// The institution that the actor acts for.
    pub institution: InstitutionId,
    /// The person's account; none for programs and application entities.
    pub account: Option<String>,
}

/// What an institution holds of the study, as far as the rule asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Who holds it.
    pub institution: InstitutionId,
    /// Whose it is.
    pub patient: PatientIdentity,
    /// Study Instance UID.
    pub study: Uid,
    /// `YYYYMMDD`, or empty.
    pub study_date: String,
    /// The categories that make it sensitive.
    pub categories: Vec<String>,
    /// The first that came of it: the origin is who had it first.
    pub first: Ulid,
}

/// Which holdings a grant or a prohibition is about; empty texts and none bound nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Whose.
    pub patient: PatientIdentity,
    /// Held by whom.
    pub holder: Option<InstitutionId>,
    /// Of one study.
    pub study: Option<Uid>,
    /// Made on that day, `YYYYMMDD`, or later.
    pub study_from: String,
    /// Made on that day or earlier.
    pub study_to: String,
    /// In force from then.
    pub from: OffsetDateTime,
    /// In force before then.
    pub until: OffsetDateTime,
}

/// What lets somebody see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its key.
    pub id: Ulid,
    /// On what.
    pub basis: Basis,
    /// The institution that may see.
    pub reader: InstitutionId,
    /// The one person who may; none: everybody there whose role reads.
    pub account: Option<String>,
    /// What may be seen.
    pub reach: Reach,
    /// Sensitive categories that a consent names.
    pub categories: Vec<String>,
}

/// Who forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Prohibitor {
    /// The patient: an emergency passes.
    Patient,
    /// The law: nothing passes.
    Law,
}

impl Prohibitor {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Patient, Self::Law];

    /// Its name in the index and in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Law => "law",
        }
    }
}

/// What keeps somebody from seeing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prohibition {
    /// Who forbids.
    pub by: Prohibitor,
    /// The institution that may not see; none: nobody else than the holder.
    pub reader: Option<InstitutionId>,
    /// What may not be seen.
    pub reach: Reach,
    /// Only studies of this sensitive category; empty: all.
    pub category: String,
}

/// All that the rule asks of a study for one reader.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Whether the reader's institution holds it itself.
    pub is_held: bool,
    /// What others hold of it.
    pub holdings: Vec<Holding>,
    /// Grants to the reader's institution for one of their patients.
    pub grants: Vec<Grant>,
    /// Prohibitions by one of their patients.
    pub prohibitions: Vec<Prohibition>,
}

/// That a study which another institution holds may be seen; only [`ground`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    holder: InstitutionId,
    study: Uid,
    basis: Basis,
    grant: Ulid,
    until: OffsetDateTime,
}

impl Ground {
    /// Whose holding is seen.
    pub fn holder(&self) -> &InstitutionId {
        &self.holder
    }

    /// Of which study.
    pub fn study(&self) -> &Uid {
        &self.study
    }

    /// On what.
    pub fn basis(&self) -> Basis {
        self.basis
    }

    /// By which grant.
    pub fn grant(&self) -> Ulid {
        self.grant
    }

    /// Until when at most.
    pub fn until(&self) -> OffsetDateTime {
        self.until
    }
}

/// The ground on which `reader` sees the study of `facts` at `now`, in the holding of whoever had it first among
/// those that may be seen; none where nothing lets see it, and where the reader's institution holds it itself.
pub fn ground(reader: &Reader, now: OffsetDateTime, facts: &Facts) -> Option<Ground> {
    if facts.is_held {
        return None;
    }
    let others = facts
        .holdings
        .iter()
        .filter(|holding| holding.institution != reader.institution);
    let seen = others.filter_map(|holding| {
        let grants = facts.grants.iter();
        let bearing = grants.filter(|grant| {
            grant.bears(reader, now, holding) && !is_forbidden(facts, grant, reader, now, holding)
        });
        let grant = bearing.min_by_key(|grant| (grant.basis, grant.id))?;
        Some((holding, grant))
    });
    let origin = |(holding, _): &(&Holding, &Grant)| (holding.first, holding.institution.clone());
    let (holding, grant) = seen.min_by_key(origin)?;
    Some(Ground {
        holder: holding.institution.clone(),
        study: holding.study.clone(),
        basis: grant.basis,
        grant: grant.id,
        until: grant.reach.until,
    })
}

/// Whether something forbids what `grant` allows.
fn is_forbidden(
    facts: &Facts,
    grant: &Grant,
    reader: &Reader,
    now: OffsetDateTime,
    holding: &Holding,
) -> bool {
    facts.prohibitions.iter().any(|prohibition| {
        let passes = prohibition.by == Prohibitor::Patient && grant.basis == Basis::Emergency;
        !passes && prohibition.is_of(reader, now, holding)
    })
}

impl Grant {
    fn bears(&self, reader: &Reader, now: OffsetDateTime, holding: &Holding) -> bool {
        let is_reader = self.reader == reader.institution
            && (self.account.is_none() || self.account == reader.account);
        is_reader && self.reach.covers(now, holding, false) && self.names_all(&holding.categories)
    }

    /// Whether sensitive categories are no obstacle: a consent must name each.
    fn names_all(&self, categories: &[String]) -> bool {
        match self.basis {
            Basis::Emergency => true,
            Basis::Consent => categories.iter().all(|one| self.categories.contains(one)),
            Basis::Encounter | Basis::Referral | Basis::Consult => categories.is_empty(),
        }
    }
}

impl Prohibition {
    fn is_of(&self, reader: &Reader, now: OffsetDateTime, holding: &Holding) -> bool {
        let forbids = |institution: &InstitutionId| *institution == reader.institution;
        self.reader.as_ref().is_none_or(forbids)
            && self.reach.covers(now, holding, true)
            && (self.category.is_empty() || holding.categories.contains(&self.category))
    }
}

impl Reach {
    /// `undated`: whether a study of an unknown day lies within a bounded period.
    fn covers(&self, now: OffsetDateTime, holding: &Holding, undated: bool) -> bool {
        let is_held = |institution: &InstitutionId| *institution == holding.institution;
        let is_study = |study: &Uid| *study == holding.study;
        self.from <= now
            && now < self.until
            && self.patient == holding.patient
            && self.holder.as_ref().is_none_or(is_held)
            && self.study.as_ref().is_none_or(is_study)
            && self.is_within(&holding.study_date, undated)
    }

    fn is_within(&self, date: &str, undated: bool) -> bool {
        if date.is_empty() {
            return undated || (self.study_from.is_empty() && self.study_to.is_empty());
        }
        (self.study_from.is_empty() || date >= self.study_from.as_str())
            && (self.study_to.is_empty() || date <= self.study_to.as_str())
    }
}

#[cfg(test)]
mod tests;
