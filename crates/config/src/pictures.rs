//! `[pictures]`: rendered pictures that are kept.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigError, error::within};

/// Rendered pictures that are kept.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Pictures {
    /// Kept in memory, bytes; 0: none.
    pub memory_bytes: u64,
    /// Kept on disk, bytes; 0: none. They are patients' images outside of the archive: a deleted study's
    /// stay there until they are overwritten.
    pub disk_bytes: u64,
    /// The folder for those on disk, of one server only; none: `pictures` in the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
}

impl Default for Pictures {
    fn default() -> Self {
        Self {
            memory_bytes: 256 << 20,
            disk_bytes: 0,
            folder: None,
        }
    }
}

impl Pictures {
    /// `objects` is the folder of a local archive.
    pub(crate) fn validate(&self, objects: &Path) -> Result<(), ConfigError> {
        if let Some(folder) = &self.folder
            && (folder.as_os_str().is_empty() || folder.starts_with(objects))
        {
            let mend = "give a folder of its own, outside of the archive's objects";
            return Err(ConfigError::value("pictures.folder", folder, mend));
        }
        within("pictures.memory_bytes", self.memory_bytes, 0..=1 << 40)?;
        if self.disk_bytes == 0 {
            return Ok(());
        }
        within("pictures.disk_bytes", self.disk_bytes, 64 << 20..=1 << 44)
    }
}
