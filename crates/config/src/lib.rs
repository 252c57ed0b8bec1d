//! The configuration: one struct a section, read in layers, checked before anything starts.
//!
//! Defaults, then a TOML file, then `YINGYUN_SECTION__KEY` of the environment, then flags; a later
//! layer wins. Only `server` imports this crate.

mod access;
mod database;
mod dicom;
mod error;
mod http;
mod institution;
mod jobs;
mod layers;
mod limits;
mod log;
mod manifests;
mod openid;
mod pictures;
mod rejection;
mod schema;
mod secret;
mod server;
mod sign_in;
mod storage;
mod worklist;

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use access::Access;
pub use database::Database;
pub use dicom::{Dicom, Peer};
pub use error::ConfigError;
pub use http::{Cors, Http, Tls};
pub use institution::Institution;
pub use jobs::{Changes, Jobs, Webhooks};
pub use layers::{Flags, load};
pub use limits::Limits;
pub use log::{Format, Log};
pub use manifests::Manifests;
pub use openid::OpenId;
pub use pictures::Pictures;
pub use rejection::Rejection;
pub use schema::schema;
pub use secret::Secret;
pub use server::Server;
pub use sign_in::SignIn;
pub use storage::{Kind, S3, Storage};
pub use worklist::Worklist;

/// All that can be set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "Yingyun configuration")]
pub struct Config {
    /// The process itself.
    pub server: Server,
    /// The browser's and DICOMweb's door.
    pub http: Http,
    /// The DICOM network's door.
    pub dicom: Dicom,
    /// Where objects are kept.
    pub storage: Storage,
    /// Where the index is kept.
    pub database: Database,
    /// Whose archive it is.
    pub institution: Institution,
    /// How long what lets see another institution's holdings lasts.
    pub access: Access,
    /// OpenID providers, of people who sign in and of programs.
    pub openid: Vec<OpenId>,
    /// What bounds memory, time and disk.
    pub limits: Limits,
    /// Rendered pictures that are kept.
    pub pictures: Pictures,
    /// Workitems of UPS-RS, and the event reports about them.
    pub worklist: Worklist,
    /// How long rejected instances are kept.
    pub rejection: Rejection,
    /// The metadata of series in one piece.
    pub manifests: Manifests,
    /// Work behind the doors.
    pub jobs: Jobs,
    /// The change feed.
    pub changes: Changes,
    /// Who is told of changes.
    pub webhooks: Webhooks,
    /// What is written to standard error.
    pub log: Log,
}

impl Config {
    /// Refuses what can be read but not served, naming the key, the value and the mend.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.http.validate(self.server.dev)?;
        self.dicom.validate(self.server.dev)?;
        self.storage.validate()?;
        self.database.validate()?;
        self.limits.validate()?;
        self.pictures.validate(&self.objects_dir())?;
        self.worklist.validate()?;
        self.access.validate()?;
        openid::validate(&self.openid)?;
        self.rejection.validate()?;
        self.manifests.validate()?;
        self.jobs.validate()?;
        self.changes.validate()?;
        self.webhooks.validate()?;
        self.log.validate()
    }

    /// The folder of the objects of a local archive.
    pub fn objects_dir(&self) -> PathBuf {
        self.server.data_dir.join("objects")
    }

    /// The folder of the pictures that are kept on disk, if any are.
    pub fn pictures_dir(&self) -> Option<PathBuf> {
        let folder = self.pictures.folder.clone();
        let folder = folder.unwrap_or_else(|| self.server.data_dir.join("pictures"));
        (self.pictures.disk_bytes > 0).then_some(folder)
    }

    /// The index: the URL of the section, with its password, or an SQLite file in the data folder.
    pub fn database_url(&self) -> Result<String, ConfigError> {
        self.database.resolve(&self.server.data_dir)
    }

    /// The index's URL as it may be shown: without a password.
    pub fn shown_database_url(&self) -> String {
        match self.database.redacted().url {
            Some(url) => url,
            None => format!(
                "sqlite://{}",
                self.server.data_dir.join("index.sqlite").display()
            ),
        }
    }

    /// The effective configuration as TOML, secrets left out.
    pub fn show(&self) -> Result<String, ConfigError> {
        let mut shown = self.clone();
        shown.database = shown.database.redacted();
        toml::to_string_pretty(&shown).map_err(|error| ConfigError::Layer {
            source_name: "the effective configuration".into(),
            reason: error.to_string(),
        })
    }
}

#[cfg(test)]
mod tests;
