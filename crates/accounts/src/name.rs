//! Names of accounts and tokens.

use std::{fmt, str::FromStr};

/// The longest name, characters.
const LONGEST: usize = 64;

/// The name of an account or a token: letters and digits of any script, and `.`, `-`, `_`, `@` between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// A text that is no name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no name: 1 to {LONGEST} letters, digits and . - _ @, a letter or digit first")]
pub struct InvalidName(String);

impl Name {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let starts = text.starts_with(char::is_alphanumeric);
        let is_spelt = text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'));
        if starts && is_spelt && text.chars().count() <= LONGEST {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidName(text.chars().take(LONGEST).collect()))
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_letters_and_no_blanks() {
        for good in ["admin", "张三", "zhang.san@ward-7", "7", &"x".repeat(64)] {
            assert!(good.parse::<Name>().is_ok(), "{good}");
        }
        for bad in ["", " ", "a b", ".a", "a/b", "a:b", "a\nb", &"x".repeat(65)] {
            assert!(bad.parse::<Name>().is_err(), "{bad:?}");
        }
    }
}
