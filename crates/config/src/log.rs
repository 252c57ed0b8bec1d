//! `[log]`: what is written to standard error.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ConfigError;

/// What is written to standard error.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Directives of a level, or of crates and levels: `info`, `warn,dimse=debug`.
    pub level: String,
    /// `text` for people, `json` for collectors.
    pub format: Format,
}

/// How a log line is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            level: "info".into(),
            format: Format::Text,
        }
    }
}

impl Log {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        if self.level.trim().is_empty() {
            let mend = "give off, error, warn, info, debug or trace";
            return Err(ConfigError::value("log.level", &self.level, mend));
        }
        Ok(())
    }
}
