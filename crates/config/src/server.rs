//! `[server]`: the process itself.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The process itself.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// The folder of everything that is kept on this machine: index, and objects of a local archive.
    pub data_dir: PathBuf,
    /// No login and any DICOM peer, on loopback addresses only: for trying and for development.
    pub dev: bool,
    /// How long running associations and requests may take to finish after SIGTERM.
    pub drain_seconds: u32,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            data_dir: "./yingyun-data".into(),
            dev: false,
            drain_seconds: 20,
        }
    }
}
