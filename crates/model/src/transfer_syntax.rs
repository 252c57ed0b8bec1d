//! Transfer syntaxes (PS3.5 §10, PS3.6 Table A-1).

use std::fmt;

use crate::{InvalidUid, Uid};

/// A transfer syntax by its UID; private ones are carried as they come.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TransferSyntax(Uid);

const IMPLICIT_LITTLE: &str = "1.2.840.10008.1.2";
const EXPLICIT_LITTLE: &str = "1.2.840.10008.1.2.1";
const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
const EXPLICIT_BIG: &str = "1.2.840.10008.1.2.2";
const JPIP_DEFLATED: &str = "1.2.840.10008.1.2.4.95";
const JPIP_HTJ2K_DEFLATED: &str = "1.2.840.10008.1.2.4.205";
/// GE's private syntax: implicit VR little endian whose pixel words are big endian.
const GE_IMPLICIT_BIG_PIXELS: &str = "1.2.840.113619.5.2";

impl TransferSyntax {
    /// A transfer syntax by UID.
    pub fn new(uid: Uid) -> Self {
        Self(uid)
    }

    /// A transfer syntax by UID text.
    pub fn parse(text: &str) -> Result<Self, InvalidUid> {
        Uid::new(text).map(Self)
    }

    fn known(text: &str) -> Self {
        Self(Uid::new(text).expect("a constant UID is valid"))
    }

    /// Implicit VR Little Endian.
    pub fn implicit_little() -> Self {
        Self::known(IMPLICIT_LITTLE)
    }

    /// Explicit VR Little Endian.
    pub fn explicit_little() -> Self {
        Self::known(EXPLICIT_LITTLE)
    }

    /// Explicit VR Big Endian (retired).
    pub fn explicit_big() -> Self {
        Self::known(EXPLICIT_BIG)
    }

    /// The UID.
    pub fn uid(&self) -> &Uid {
        &self.0
    }

    /// The UID as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether value representations are left out of the stream.
    pub fn is_implicit(&self) -> bool {
        matches!(self.as_str(), IMPLICIT_LITTLE | GE_IMPLICIT_BIG_PIXELS)
    }

    /// Whether the data set is big endian.
    pub fn is_big_endian(&self) -> bool {
        self.as_str() == EXPLICIT_BIG
    }

    /// Whether the whole data set is deflated (PS3.5 §A.5).
    pub fn is_deflated(&self) -> bool {
        matches!(
            self.as_str(),
            DEFLATED | JPIP_DEFLATED | JPIP_HTJ2K_DEFLATED
        )
    }

    /// Whether pixel data is native: not encapsulated (PS3.5 §A.4). Private syntaxes are taken for
    /// encapsulated; what a data set really holds is seen when it is read.
    pub fn is_native(&self) -> bool {
        matches!(
            self.as_str(),
            IMPLICIT_LITTLE | EXPLICIT_LITTLE | EXPLICIT_BIG | DEFLATED | GE_IMPLICIT_BIG_PIXELS
        )
    }
}

impl fmt::Display for TransferSyntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
