//! Why instances are rejected (IHE RAD TF-2, Imaging Object Change Management; PS3.16 CID 7011).

use std::{fmt, str::FromStr};

/// A title of a rejection note: a code of the scheme DCM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rejection {
    /// 113001: rejected for quality reasons.
    Quality,
    /// 113037: rejected for patient safety reasons.
    PatientSafety,
    /// 113038: incorrect modality worklist entry.
    WorklistEntry,
    /// 113039: data retention policy expired.
    RetentionExpired,
}

/// A text that names no reason for rejecting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a rejection is 113001, 113037, 113038 or 113039, with or without ^DCM")]
pub struct UnknownRejection;

impl Rejection {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Quality,
        Self::PatientSafety,
        Self::WorklistEntry,
        Self::RetentionExpired,
    ];

    /// Code Value (0008,0100).
    pub fn code(self) -> &'static str {
        match self {
            Self::Quality => "113001",
            Self::PatientSafety => "113037",
            Self::WorklistEntry => "113038",
            Self::RetentionExpired => "113039",
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Rejection {
    type Err = UnknownRejection;

    /// Reads `113001` or `113001^DCM`.
    fn from_str(text: &str) -> Result<Self, UnknownRejection> {
        let code = text.strip_suffix("^DCM").unwrap_or(text);
        Self::ALL
            .into_iter()
            .find(|rejection| rejection.code() == code)
            .ok_or(UnknownRejection)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejection_is_named_with_and_without_its_scheme() {
        assert_eq!("113001^DCM".parse(), Ok(Rejection::Quality));
        assert_eq!("113039".parse(), Ok(Rejection::RetentionExpired));
        for bad in ["", "113001^99X", "113000", "^DCM"] {
            assert_eq!(bad.parse::<Rejection>(), Err(UnknownRejection), "{bad}");
        }
    }
}
