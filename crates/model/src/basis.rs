//! On what somebody sees what another institution holds.

use std::str::FromStr;

/// On what somebody sees what another institution holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// The patient agreed.
    Consent,
    /// The patient is being treated there.
    Encounter,
    /// The holder sent the patient there.
    Referral,
    /// The holder asked for an opinion.
    Consult,
    /// Life is in danger and nobody can be asked: one person, for hours, reviewed afterwards.
    Emergency,
}

impl Basis {
    /// Every basis; where several bear, the first of them is told.
    pub const ALL: [Self; 5] = [
        Self::Consent,
        Self::Encounter,
        Self::Referral,
        Self::Consult,
        Self::Emergency,
    ];

    /// Its name in the index, in answers and at the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Encounter => "encounter",
            Self::Referral => "referral",
            Self::Consult => "consult",
            Self::Emergency => "emergency",
        }
    }
}

/// No basis has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no basis: {names}", names = Basis::ALL.map(Basis::as_str).join(", "))]
pub struct UnknownBasis(pub String);

impl FromStr for Basis {
    type Err = UnknownBasis;

    fn from_str(text: &str) -> Result<Self, UnknownBasis> {
        let named = Self::ALL.into_iter().find(|basis| basis.as_str() == text);
        named.ok_or_else(|| UnknownBasis(text.to_owned()))
    }
}

/// Who a patient is wherever that issuer's ids are used: never the id alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PatientIdentity {
    /// Issuer of Patient ID (0010,0021).
    pub issuer: String,
    /// Patient ID (0010,0020).
    pub id: String,
}
