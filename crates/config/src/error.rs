//! Why a configuration cannot be used: always one line.

use std::path::PathBuf;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("cannot read {key} {path}: {source}", path = path.display())]
    Unreadable {
        /// The flag or key that named the file.
        key: String,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A layer is not understood: wrong syntax, an unknown key, a value of another type.
    #[error("{source_name}: {reason}")]
    Layer {
        /// The file or variable.
        source_name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A value is understood, but cannot be served.
    #[error("{key} = {value}: {mend}")]
    Value {
        /// The key, `section.key`.
        key: String,
        /// What it holds.
        value: String,
        /// What to do about it.
        mend: String,
    },
}

impl ConfigError {
    /// A value that cannot be served, with its mend.
    pub(crate) fn value(key: &str, value: impl std::fmt::Debug, mend: impl Into<String>) -> Self {
        Self::Value {
            key: key.into(),
            value: format!("{value:?}"),
            mend: mend.into(),
        }
    }
}

/// Refuses a number outside of a range.
pub(crate) fn within(
    key: &str,
    value: u64,
    range: std::ops::RangeInclusive<u64>,
) -> Result<(), ConfigError> {
    if range.contains(&value) {
        return Ok(());
    }
    let mend = format!("give a number from {} to {}", range.start(), range.end());
    Err(ConfigError::value(key, value, mend))
}
