//! Secrets: from the environment or a file, never from the configuration file, never shown.

use std::{fmt, path::Path};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ConfigError;

/// A secret text that neither `Debug` nor serialisation shows.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The first line of a file.
    pub(crate) fn read(key: &str, path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
            key: key.into(),
            path: path.into(),
            source,
        })?;
        Ok(Self(text.lines().next().unwrap_or_default().trim().into()))
    }

    /// The secret of a pair of keys: the value itself, or the file that holds it.
    pub(crate) fn resolve(
        value: Option<&Self>,
        file_key: &str,
        file: Option<&Path>,
    ) -> Result<Option<Self>, ConfigError> {
        match (value, file) {
            (Some(value), _) => Ok(Some(value.clone())),
            (None, Some(path)) => Self::read(file_key, path).map(Some),
            (None, None) => Ok(None),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("(secret)")
    }
}
