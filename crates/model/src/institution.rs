//! What identifies an institution in law, and where it stands with us.

use std::{fmt, str::FromStr};

/// Unified social credit code (统一社会信用代码, GB 32100-2015): 18 characters, the last a check character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode(Box<str>);

/// The characters of a code, in the order of their values: digits, and letters without I, O, S, V, Z.
const CHARACTERS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Why a text is no credit code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCreditCode {
    /// Its length is another.
    #[error("a credit code has 18 characters, not {0}")]
    Length(usize),
    /// A character that no code has.
    #[error("a credit code has digits and capital letters without I, O, S, V and Z, not {0:?}")]
    Character(char),
    /// The last character does not follow from the others.
    #[error("the credit code ends in {told}, but {due} is due after the others")]
    Check {
        /// What it ends in.
        told: char,
        /// What it should end in.
        due: char,
    },
}

impl CreditCode {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CreditCode {
    type Err = InvalidCreditCode;

    fn from_str(text: &str) -> Result<Self, InvalidCreditCode> {
        let length = text.chars().count();
        if length != 18 {
            return Err(InvalidCreditCode::Length(length));
        }
        let mut sum = 0;
        let mut weight = 1;
        let mut told = ' ';
        for (at, character) in text.chars().enumerate() {
            let value = CHARACTERS
                .iter()
                .position(|known| char::from(*known) == character)
                .ok_or(InvalidCreditCode::Character(character))?;
            if at < 17 {
                sum += value * weight;
                weight = weight * 3 % 31;
            }
            told = character;
        }
        let due = char::from(CHARACTERS[(31 - sum % 31) % 31]);
        if told == due {
            Ok(Self(text.into()))
        } else {
            Err(InvalidCreditCode::Check { told, due })
        }
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where an institution stands: it is taken on, tried, at work, stopped, gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Entered: its people keep their accounts, and nothing else.
    Pending,
    /// Its lines and accounts are tried: echoes are answered, patients' data are not touched.
    Testing,
    /// At work.
    Active,
    /// Stopped: it sends nothing new, and reads what is there.
    Suspended,
    /// Gone; what it sent stays.
    Retired,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Testing,
        Self::Active,
        Self::Suspended,
        Self::Retired,
    ];

    /// Its name in the index, in answers and at the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Testing => "testing",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Retired => "retired",
        }
    }

    /// What it may become next.
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Pending => &[Self::Testing],
            Self::Testing => &[Self::Active],
            Self::Active => &[Self::Suspended],
            Self::Suspended => &[Self::Active, Self::Retired],
            Self::Retired => &[],
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No standing has that name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no standing: {names}", names = Standing::ALL.map(Standing::as_str).join(", "))]
pub struct UnknownStanding(pub String);

impl FromStr for Standing {
    type Err = UnknownStanding;

    fn from_str(text: &str) -> Result<Self, UnknownStanding> {
        let named = Self::ALL.into_iter().find(|one| one.as_str() == text);
        named.ok_or_else(|| UnknownStanding(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_character_follows_from_the_others() {
        // The storing institution of the insurer's published example of an image index, and the example of GB 32100.
        for good in ["123502004266007916", "91350100M000100Y43"] {
            assert_eq!(good.parse::<CreditCode>().unwrap().as_str(), good);
        }
        let due = InvalidCreditCode::Check {
            told: '7',
            due: '6',
        };
        assert_eq!("123502004266007917".parse::<CreditCode>(), Err(due));
    }

    #[test]
    fn a_code_with_one_character_changed_is_none() {
        let good = b"123502004266007916";
        for at in 0..good.len() {
            for other in CHARACTERS.iter().filter(|other| **other != good[at]) {
                let mut changed = *good;
                changed[at] = *other;
                let changed = std::str::from_utf8(&changed).unwrap();
                assert!(changed.parse::<CreditCode>().is_err(), "{changed}");
            }
        }
    }

    #[test]
    fn other_texts_say_what_is_wrong() {
        let read = |text: &str| text.parse::<CreditCode>().unwrap_err();
        assert_eq!(read(""), InvalidCreditCode::Length(0));
        assert_eq!(read("12350200426600791"), InvalidCreditCode::Length(17));
        assert_eq!(
            read("12350200426600791I"),
            InvalidCreditCode::Character('I')
        );
        assert_eq!(
            read("一二三五零二零零四二六六零零七九一六"),
            InvalidCreditCode::Character('一')
        );
    }

    #[test]
    fn nobody_comes_back_from_retirement_and_nobody_starts_at_work() {
        let leading = |to: Standing| {
            Standing::ALL
                .iter()
                .filter(move |from| from.next().contains(&to))
        };
        assert_eq!(Standing::Retired.next(), []);
        assert_eq!(leading(Standing::Pending).count(), 0);
        assert_eq!(
            leading(Standing::Active).collect::<Vec<_>>(),
            [&Standing::Testing, &Standing::Suspended]
        );
        for standing in Standing::ALL {
            assert_eq!(standing.as_str().parse(), Ok(standing));
        }
    }
}
