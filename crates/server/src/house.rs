//! Joins the crates as the configuration says: what `serve` and the upkeep verbs share.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use access::{Actor, Denial, Permit};
use anyhow::Context;
use archive::{Archive, S3Settings};
use config::{Config, ConfigError, Kind};
use database::{Database, Lock};
use grants::Grants;
use ingest::{
    Ingest,
    upkeep::{Pair, UpkeepError},
};
use model::{Clock, Identifiers, InstitutionId, Operation, Purpose};

use crate::{
    clock::SystemClock,
    failure::{SetupError, setup},
    identifiers::UlidIdentifiers,
};

/// Archive, index and the way in.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) config: Config,
    pub(crate) archive: Archive,
    pub(crate) database: Database,
    pub(crate) pair: Pair,
    pub(crate) ingest: Ingest,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) identifiers: Arc<dyn Identifiers>,
}

impl House {
    /// Opens archive and index; makes them when they are absent.
    pub(crate) async fn open(config: Config) -> anyhow::Result<Self> {
        let data_dir = &config.server.data_dir;
        std::fs::create_dir_all(data_dir).map_err(|error| {
            let key = format!("server.data_dir = {}", data_dir.display());
            setup(format!("{key}: the folder cannot be made"), error)
        })?;
        sync_folder_and_parent(data_dir).map_err(|error| {
            let key = format!("server.data_dir = {}", data_dir.display());
            setup(format!("{key}: the folder cannot be synced"), error)
        })?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let identifiers: Arc<dyn Identifiers> = Arc::new(UlidIdentifiers::new(clock.clone()));
        let archive = open_archive(&config)?;
        let database = open_database(&config, clock.clone()).await?;
        for institution in known_institutions(&config) {
            database
                .ensure_institution(institution)
                .await
                .context("an institution cannot be entered")?;
        }
        let pair = pair(&archive, &database, identifiers.as_ref()).await?;
        let ingest = Ingest::new(
            archive.clone(),
            database.clone(),
            clock.clone(),
            identifiers.clone(),
            ingest::Settings {
                issuers: BTreeMap::from([(
                    config.institution.id.clone(),
                    config.institution.default_issuer().to_owned(),
                )]),
                scanner: scanner_limits(&config),
                object_bytes: config.limits.object_bytes,
                disk_watermark_bytes: config.limits.disk_watermark_bytes,
            },
        );
        Ok(Self {
            config,
            archive,
            database,
            pair,
            ingest,
            clock,
            identifiers,
        })
    }

    /// Opens what exists: a verb that looks after an archive does not make one.
    pub(crate) async fn open_existing(config: Config) -> anyhow::Result<Self> {
        let data_dir = &config.server.data_dir;
        if !data_dir.is_dir() && needs_data_dir(&config) {
            let mend = "there is no archive: give --data-dir or --config of the one you mean";
            let line = format!("server.data_dir = {}: {mend}", data_dir.display());
            return Err(SetupError(line).into());
        }
        Self::open(config).await
    }

    /// The operator's permit.
    pub(crate) fn operator(&self, operation: Operation) -> Result<Permit, Denial> {
        let institution = self.config.institution.id.clone();
        access::decide(
            &Actor::Operator { institution },
            Purpose::Operation,
            operation,
        )
    }

    /// What keeps grants and prohibitions.
    pub(crate) fn grants(&self) -> Grants {
        let access = &self.config.access;
        let hours = |hours: u32| time::Duration::hours(hours.into());
        let settings = grants::Settings {
            encounter_after: hours(access.encounter_hours),
            emergency: hours(access.emergency_hours),
            review: hours(access.review_hours),
        };
        Grants::new(
            self.database.clone(),
            Arc::new(self.database.clone()),
            self.clock.clone(),
            self.identifiers.clone(),
            settings,
        )
    }

    /// Tells everybody that objects are taken in from now on.
    pub(crate) async fn begin_receiving(&self, verb: &str) -> anyhow::Result<Lock> {
        let lock = self.database.lock_receiving(verb).await;
        lock.map_err(|error| setup("nothing can be received now", error))
    }

    /// How old what no row names must be while anybody receives.
    pub(crate) fn sweep_floor(&self) -> Duration {
        Duration::from_secs(self.config.limits.sweep_floor_seconds.into())
    }

    /// What a data set may cost while it is read.
    pub(crate) fn scanner_limits(&self) -> dataset::Limits {
        scanner_limits(&self.config)
    }

    /// Whether nothing was ever received.
    pub(crate) async fn is_empty(&self) -> anyhow::Result<bool> {
        let first = self
            .database
            .objects(None, 1)
            .await
            .context("the index cannot be read")?;
        Ok(first.is_empty())
    }
}

/// Those that the configuration names: they are at work.
fn known_institutions(config: &Config) -> impl Iterator<Item = &InstitutionId> {
    let peers = config.dicom.peers.iter();
    let peers = peers.filter_map(|peer| peer.institution.as_ref());
    let providers = config.openid.iter();
    let providers = providers.filter_map(|provider| provider.institution.as_ref());
    std::iter::once(&config.institution.id)
        .chain(peers)
        .chain(providers)
}

/// Archive and index, if they belong together.
async fn pair(
    archive: &Archive,
    database: &Database,
    identifiers: &dyn Identifiers,
) -> anyhow::Result<Pair> {
    Pair::open(archive.clone(), database.clone(), identifiers)
        .await
        .map_err(|error| match error {
            UpkeepError::OtherArchive { .. } | UpkeepError::NoArchive | UpkeepError::NoId => {
                SetupError(error.to_string()).into()
            }
            error => setup("archive and index cannot be compared", error),
        })
}

fn scanner_limits(config: &Config) -> dataset::Limits {
    dataset::Limits {
        header_bytes: config.limits.header_bytes,
        ..dataset::Limits::default()
    }
}

fn needs_data_dir(config: &Config) -> bool {
    config.storage.kind == Kind::Local || config.database.url.is_none()
}

fn open_archive(config: &Config) -> anyhow::Result<Archive> {
    match (config.storage.kind, &config.storage.s3) {
        (Kind::S3, Some(s3)) => {
            let settings = s3_settings(s3)?;
            Archive::s3(settings).map_err(|error| setup("storage.s3", error))
        }
        _ => open_local(&config.objects_dir()),
    }
}

fn open_local(folder: &Path) -> anyhow::Result<Archive> {
    Archive::local(folder).map_err(|error| {
        setup(
            format!("the archive {} cannot be opened", folder.display()),
            error,
        )
    })
}

fn s3_settings(s3: &config::S3) -> Result<S3Settings, ConfigError> {
    let (access_key, secret_key) = s3.credentials()?;
    Ok(S3Settings {
        endpoint: s3.endpoint.clone(),
        region: s3.region.clone(),
        bucket: s3.bucket.clone(),
        access_key: access_key.expose().to_owned(),
        secret_key: secret_key.expose().to_owned(),
        allow_http: s3.allow_http,
        prefix: s3.prefix.clone(),
    })
}

async fn open_database(config: &Config, clock: Arc<dyn Clock>) -> anyhow::Result<Database> {
    let settings = database::Settings {
        url: config.database_url()?,
        readers: config.database.readers,
    };
    Database::open(&settings, clock).await.map_err(|error| {
        let shown = config.shown_database_url();
        setup(
            format!("database.url = {shown}: the index cannot be opened"),
            error,
        )
    })
}

/// The folder's own entry survives a loss of power: what is acknowledged below it depends on that.
/// A parent that may not be opened is the operator's, and was there before.
fn sync_folder_and_parent(folder: &std::path::Path) -> std::io::Result<()> {
    let folder = folder.canonicalize()?;
    if let Some(Ok(parent)) = folder.parent().map(std::fs::File::open) {
        parent.sync_all()?;
    }
    std::fs::File::open(folder)?.sync_all()
}
