//! DICOM unique identifiers (PS3.5 §9).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A unique identifier: 1–64 characters, digits and dots, no empty component (PS3.5 §9.1).
///
/// Leading zeros of a component are forbidden by the standard but common in the field; they are
/// kept. An empty component (`..`) is refused: UIDs become parts of object keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uid(Box<str>);

/// Why a text is no UID.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid UID {text:?}: 1 to 64 digits and dots without an empty component expected")]
pub struct InvalidUid {
    text: String,
}

impl Uid {
    /// Reads a UID, trailing padding (NUL, space) dropped.
    pub fn new(text: &str) -> Result<Self, InvalidUid> {
        let text = text.trim_end_matches(['\0', ' ']);
        let valid = text.len() <= 64
            && text
                .split('.')
                .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        if valid {
            Ok(Self(text.into()))
        } else {
            Err(InvalidUid {
                text: text.chars().take(80).collect(),
            })
        }
    }

    /// The UID as text, without padding.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Uid {
    type Err = InvalidUid;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl TryFrom<String> for Uid {
    type Error = InvalidUid;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<Uid> for String {
    fn from(uid: Uid) -> Self {
        uid.0.into()
    }
}

impl AsRef<str> for Uid {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_dropped_and_leading_zeros_are_kept() {
        assert_eq!(Uid::new("1.2.003\0").unwrap().as_str(), "1.2.003");
    }

    #[test]
    fn what_could_leave_a_folder_is_refused() {
        for text in [
            "",
            "..",
            "1..2",
            "1.2/3",
            ".1",
            "1.",
            "1.2\n",
            &"1".repeat(65),
        ] {
            assert!(Uid::new(text).is_err(), "{text:?}");
        }
    }
}
