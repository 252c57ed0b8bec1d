//! `[manifests]`: the metadata of series in one piece.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigError, error::within};

/// The metadata of series in one piece.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Manifests {
    /// How long after its last change a series' metadata is put in one piece.
    pub settle_seconds: u32,
    /// Instances that a series must have for that.
    pub least_instances: u32,
    /// Instances that an answer may tell of in one piece; of more it is sent page by page, without an
    /// ETag.
    pub most_instances: u32,
    /// The same in bytes, uncompressed.
    pub most_bytes: u64,
    /// Answers made at a time; each may take three times `most_bytes`.
    pub at_once: u32,
    /// Encoded answers kept in memory, bytes; 0: none.
    pub memory_bytes: u64,
}

impl Default for Manifests {
    fn default() -> Self {
        Self {
            settle_seconds: 10,
            least_instances: 8,
            most_instances: 5000,
            most_bytes: 64 << 20,
            at_once: 2,
            memory_bytes: 64 << 20,
        }
    }
}

impl Manifests {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        within(
            "manifests.settle_seconds",
            self.settle_seconds.into(),
            0..=86_400,
        )?;
        within(
            "manifests.least_instances",
            self.least_instances.into(),
            1..=1_000_000,
        )?;
        within(
            "manifests.most_instances",
            self.most_instances.into(),
            0..=1_000_000,
        )?;
        within("manifests.most_bytes", self.most_bytes, 1 << 20..=1 << 32)?;
        within("manifests.at_once", self.at_once.into(), 1..=256)?;
        within("manifests.memory_bytes", self.memory_bytes, 0..=1 << 40)
    }
}
