//! The verbs that keep who may see what another institution holds.

use clap::{Args, Subcommand};
use model::{Basis, InstitutionId, PatientIdentity};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use ulid::Ulid;

use super::{Whose, accounts::institution};

#[derive(Debug, Args)]
pub(crate) struct Grants {
    #[command(subcommand)]
    pub(crate) verb: GrantsVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GrantsVerb {
    /// Print an institution's grants as lines of JSON, the latest first.
    List(Whose),
    /// Write a consent, a referral or a request for an opinion down.
    Put(GrantPut),
    /// End a grant that the institution wrote down.
    End(OfGrant),
}

#[derive(Debug, Args)]
pub(crate) struct Prohibitions {
    #[command(subcommand)]
    pub(crate) verb: ProhibitionsVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProhibitionsVerb {
    /// Print the prohibitions that an institution wrote down as lines of JSON, the latest first.
    List(Whose),
    /// Write down what a patient, or the law, forbids others to see.
    Put(ProhibitionPut),
    /// Lift a prohibition.
    Lift(OfGrant),
}

#[derive(Debug, Args)]
pub(crate) struct Encounters {
    #[command(subcommand)]
    pub(crate) verb: EncountersVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EncountersVerb {
    /// Tell that a patient's visit has begun, or what is known of it now.
    Open(EncounterOpen),
    /// Tell that a visit has ended.
    Close(Visit),
}

#[derive(Debug, Args)]
pub(crate) struct Emergencies {
    #[command(subcommand)]
    pub(crate) verb: EmergenciesVerb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EmergenciesVerb {
    /// Print the emergencies that concern an institution as lines of JSON, the latest first.
    List(Whose),
    /// Write down what a review found.
    Review(ReviewOf),
}

#[derive(Debug, Args)]
pub(crate) struct OfGrant {
    #[command(flatten)]
    pub(crate) whose: Whose,
    /// The key that it was given.
    #[arg(value_name = "KEY")]
    pub(crate) key: Ulid,
}

#[derive(Debug, Args)]
pub(crate) struct Visit {
    #[command(flatten)]
    pub(crate) whose: Whose,
    /// The visit's number.
    #[arg(value_name = "VISIT")]
    pub(crate) visit: String,
}

/// Which studies, and how long.
#[derive(Debug, Args)]
pub(crate) struct Bounds {
    /// An identity of the patient, `ID^^^ISSUER`; again for each that the patient has.
    #[arg(long = "patient", value_name = "ID^^^ISSUER", required = true, value_parser = identity)]
    pub(crate) patients: Vec<PatientIdentity>,
    /// The institution that holds the studies; whoever does, if none is given.
    #[arg(long, value_name = "ID", value_parser = institution)]
    pub(crate) holder: Option<InstitutionId>,
    /// Study Instance UID; again for each; all if none is given.
    #[arg(long = "study", value_name = "UID")]
    pub(crate) studies: Vec<String>,
    /// Studies of that day or later.
    #[arg(long, value_name = "YYYYMMDD", default_value = "")]
    pub(crate) study_from: String,
    /// Studies of that day or earlier.
    #[arg(long, value_name = "YYYYMMDD", default_value = "")]
    pub(crate) study_to: String,
    /// In force from then (RFC 3339); from now, if none is given.
    #[arg(long, value_name = "TIME", value_parser = moment_of)]
    pub(crate) from: Option<OffsetDateTime>,
    /// In force before then (RFC 3339).
    #[arg(long, value_name = "TIME", value_parser = moment_of)]
    pub(crate) until: Option<OffsetDateTime>,
    /// What proves it, as the number of a form.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) evidence: String,
}

#[derive(Debug, Args)]
pub(crate) struct GrantPut {
    #[command(flatten)]
    pub(crate) whose: Whose,
    /// consent, referral or consult.
    #[arg(long, value_name = "BASIS")]
    pub(crate) basis: Basis,
    /// The institution that may see.
    #[arg(long, value_name = "ID", value_parser = institution)]
    pub(crate) reader: InstitutionId,
    /// A sensitive category that a consent names; again for each.
    #[arg(long = "category", value_name = "NAME")]
    pub(crate) categories: Vec<String>,
    #[command(flatten)]
    pub(crate) bounds: Bounds,
}

#[derive(Debug, Args)]
pub(crate) struct ProhibitionPut {
    #[command(flatten)]
    pub(crate) whose: Whose,
    /// The law forbids, not the patient: nothing passes.
    #[arg(long)]
    pub(crate) by_law: bool,
    /// The institution that may not see; nobody else than the holder, if none is given.
    #[arg(long, value_name = "ID", value_parser = institution)]
    pub(crate) reader: Option<InstitutionId>,
    /// Only studies of this sensitive category.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub(crate) category: String,
    #[command(flatten)]
    pub(crate) bounds: Bounds,
}

#[derive(Debug, Args)]
pub(crate) struct EncounterOpen {
    #[command(flatten)]
    pub(crate) visit: Visit,
    #[command(flatten)]
    pub(crate) bounds: Bounds,
}

#[derive(Debug, Args)]
pub(crate) struct ReviewOf {
    #[command(flatten)]
    pub(crate) of: OfGrant,
    /// There was no emergency.
    #[arg(long)]
    pub(crate) violation: bool,
    /// In words; of a violation what was wrong.
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) note: String,
}

/// A time (RFC 3339).
fn moment_of(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| format!("{text:?} is no time such as 2026-01-31T08:00:00Z"))
}

/// An identity as HL7 writes it (CX): the id, and its assigning authority in the fourth component.
fn identity(text: &str) -> Result<PatientIdentity, String> {
    match text.split('^').collect::<Vec<_>>().as_slice() {
        [id, "", "", issuer] if !id.is_empty() && !issuer.is_empty() => Ok(PatientIdentity {
            issuer: (*issuer).to_owned(),
            id: (*id).to_owned(),
        }),
        _ => Err(format!("{text:?} is no identity such as P1^^^EHC")),
    }
}

impl GrantsVerb {
    pub(crate) fn whose(&self) -> &Whose {
        match self {
            Self::List(whose) => whose,
            Self::Put(put) => &put.whose,
            Self::End(of) => &of.whose,
        }
    }
}

impl ProhibitionsVerb {
    pub(crate) fn whose(&self) -> &Whose {
        match self {
            Self::List(whose) => whose,
            Self::Put(put) => &put.whose,
            Self::Lift(of) => &of.whose,
        }
    }
}

impl EncountersVerb {
    pub(crate) fn whose(&self) -> &Whose {
        match self {
            Self::Open(open) => &open.visit.whose,
            Self::Close(visit) => &visit.whose,
        }
    }
}

impl EmergenciesVerb {
    pub(crate) fn whose(&self) -> &Whose {
        match self {
            Self::List(whose) => whose,
            Self::Review(review) => &review.of.whose,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_has_an_id_and_an_issuer() {
        let read = identity("P1^^^EHC").unwrap();
        assert_eq!((read.id.as_str(), read.issuer.as_str()), ("P1", "EHC"));
        for text in ["P1", "P1^EHC", "^^^EHC", "P1^^^", "P1^^^EHC^PI"] {
            assert!(identity(text).is_err(), "{text}");
        }
    }
}
