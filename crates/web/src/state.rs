//! What every handler reaches: the services and the settings.

use std::{fmt, net::IpAddr, path::PathBuf, sync::Arc, time::Duration};

use accounts::Secrets;
use database::Database;
use futures::future::BoxFuture;
use grants::Grants;
use ingest::Ingest;
use model::{AeTitle, Clock, InstitutionId};
use query::Query;
use retrieve::Retrieve;
use webhooks::Hosts;
use workitems::Workitems;

use crate::session::{OpenIds, SignIn};

/// The services behind the routes. Cheap to clone.
#[derive(Clone)]
pub struct WebState {
    /// The one way in.
    pub ingest: Ingest,
    /// Searches.
    pub query: Query,
    /// Objects and what is made of them.
    pub retrieve: Retrieve,
    /// Who may see what another institution holds.
    pub grants: Grants,
    /// The worklist.
    pub workitems: Workitems,
    /// Accounts and sessions.
    pub database: Database,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes session tokens and boundaries.
    pub secrets: Arc<dyn Secrets>,
    /// Providers by which people sign in, and whose programs come with their tokens.
    pub openid: OpenIds,
    /// Settings.
    pub settings: Settings,
    /// Renders the metrics in Prometheus' text format.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Whether the server can work: the reason if it cannot.
    pub ready: Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
}

/// Settings of the HTTP side.
#[derive(Clone, Debug)]
pub struct Settings {
    /// No sign-in: whoever reaches the loopback interface is the developer.
    pub dev: bool,
    /// The address that clients reach, for links in answers (`https://pacs.example.org/imaging`);
    /// none: taken from each request.
    pub base_url: Option<String>,
    /// The longest body of one STOW request, bytes.
    pub max_stow_bytes: u64,
    /// The longest workitem of UPS-RS, bytes.
    pub max_workitem_bytes: u64,
    /// What a STOW request may cost besides.
    pub stow: StowSettings,
    /// How long a sign-in lasts.
    pub session_lifetime: Duration,
    /// What bounds signing in.
    pub sign_in: SignIn,
    /// Proxies whose X-Forwarded-For tells where a sign-in comes from.
    pub trusted_proxies: Vec<IpAddr>,
    /// Origins of other sites whose pages may ask (`https://viewer.example.org`).
    pub allowed_origins: Vec<String>,
    /// The institution that the server serves.
    pub institution: InstitutionId,
    /// The change feed.
    pub changes: Changes,
    /// Who may be told of changes.
    pub webhooks: Webhooks,
    /// Where studies can be sent to, for people to read.
    pub dicom: DicomDoor,
}

/// What a STOW request may cost (PS3.18 §10.5).
#[derive(Clone, Debug)]
pub struct StowSettings {
    /// The longest metadata (JSON, XML) of one request, bytes; it is held in memory.
    pub metadata_bytes: u64,
    /// How many bytes one byte of a compressed body may become, past 16 MiB.
    pub ratio: u32,
    /// Bulk data of one request that is held in memory until its object is made, bytes; more goes to
    /// a file without a name.
    pub spool_memory_bytes: u32,
    /// The folder of that file; none: the system's for temporary files.
    pub spool_folder: Option<PathBuf>,
}

impl Default for StowSettings {
    /// 32 MiB of metadata, 200 bytes of one, 4 MiB in memory.
    fn default() -> Self {
        Self {
            metadata_bytes: 32 << 20,
            ratio: 200,
            spool_memory_bytes: 4 << 20,
            spool_folder: None,
        }
    }
}

/// How the change feed is read.
#[derive(Clone, Debug)]
pub struct Changes {
    /// Changes in an answer at most.
    pub page: u32,
    /// How long a request may wait for a change.
    pub wait: Duration,
    /// How often it looks meanwhile.
    pub poll: Duration,
}

/// Who may be told of changes.
#[derive(Clone, Debug)]
pub struct Webhooks {
    /// Where messages may go.
    pub hosts: Hosts,
    /// Subscriptions that an institution may have.
    pub most: usize,
}

/// The DICOM network's door.
#[derive(Clone, Debug)]
pub struct DicomDoor {
    /// Our AE title.
    pub ae_title: AeTitle,
    /// The port it listens on.
    pub port: u16,
}

impl Settings {
    /// The defaults: sign-in needed, no base URL, 64 GiB a STOW request, 12 hours a session.
    pub fn new(institution: InstitutionId, dicom: DicomDoor) -> Self {
        Self {
            dev: false,
            base_url: None,
            max_stow_bytes: 64 << 30,
            max_workitem_bytes: 1 << 20,
            stow: StowSettings::default(),
            session_lifetime: Duration::from_secs(12 * 60 * 60),
            sign_in: SignIn::default(),
            trusted_proxies: Vec::new(),
            allowed_origins: Vec::new(),
            changes: Changes {
                page: 1000,
                wait: Duration::from_secs(10),
                poll: Duration::from_millis(250),
            },
            webhooks: Webhooks {
                hosts: Hosts::default(),
                most: 20,
            },
            institution,
            dicom,
        }
    }
}

impl fmt::Debug for WebState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebState")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
