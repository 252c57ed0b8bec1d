//! Application entity titles (PS3.5 §6.2, VR AE).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// An application entity title: 1–16 printable ASCII characters, no backslash, outer blanks dropped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AeTitle(Box<str>);

/// Why a text is no AE title.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "invalid AE title {text:?}: 1 to 16 printable ASCII characters without a backslash expected"
)]
pub struct InvalidAeTitle {
    text: String,
}

impl AeTitle {
    /// Reads an AE title; outer blanks and NULs are insignificant.
    pub fn new(text: &str) -> Result<Self, InvalidAeTitle> {
        let text = text.trim_matches([' ', '\0']);
        let valid = (1..=16).contains(&text.len())
            && text
                .bytes()
                .all(|b| (0x20..0x7f).contains(&b) && b != b'\\');
        if valid {
            Ok(Self(text.into()))
        } else {
            Err(InvalidAeTitle {
                text: text.chars().take(40).collect(),
            })
        }
    }

    /// The title without padding.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AeTitle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AeTitle {
    type Err = InvalidAeTitle;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl TryFrom<String> for AeTitle {
    type Error = InvalidAeTitle;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<AeTitle> for String {
    fn from(title: AeTitle) -> Self {
        title.0.into()
    }
}
