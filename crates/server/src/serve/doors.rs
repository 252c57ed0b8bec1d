//! The two doors, HTTP and DICOM, and how they close.

use std::{num::NonZero, sync::Arc, thread, time::Duration};

use anyhow::Context;
use config::Config;
use model::AuditPort;
use query::Query;
use retrieve::{PictureDisk, PictureSettings, Pictures, Retrieve};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use workitems::Workitems;

use super::{providers, ready};
use crate::{failure::setup, house::House};

/// What both doors open to.
#[derive(Debug)]
pub(super) struct Services {
    query: Query,
    pub(super) retrieve: Retrieve,
    pub(super) workitems: Workitems,
    openid: web::OpenIds,
    tls: Option<web::Tls>,
}

impl Services {
    pub(super) async fn new(house: &House) -> anyhow::Result<Self> {
        let audit: Arc<dyn AuditPort> = Arc::new(house.database.clone());
        let (limits, manifests) = (&house.config.limits, &house.config.manifests);
        let pictures = pictures(&house.config).await?;
        Ok(Self {
            openid: providers::open(&house.config)?,
            tls: tls(&house.config)?,
            workitems: Workitems::new(
                house.database.clone(),
                audit.clone(),
                house.clock.clone(),
                house.identifiers.clone(),
                worklist_settings(&house.config),
            ),
            query: Query::new(
                house.database.clone(),
                audit.clone(),
                house.clock.clone(),
                query::Settings {
                    max_results: limits.results,
                },
            ),
            retrieve: Retrieve::new(
                house.archive.clone(),
                house.database.clone(),
                audit,
                house.clock.clone(),
                pictures,
                retrieve::Settings {
                    render_concurrency: match limits.renders {
                        0 => thread::available_parallelism().map_or(1, NonZero::get),
                        renders => renders as usize,
                    },
                    max_render_bytes: limits.render_bytes,
                    max_render_side: limits.render_side,
                    render_time: Duration::from_secs(limits.render_seconds.into()),
                    render_queue: limits.render_queue as usize,
                    render_memory_bytes: limits.render_memory_bytes,
                    located_time: Duration::from_secs(limits.located_seconds.into()),
                    located_bytes: limits.located_bytes,
                    metadata_page_instances: limits.metadata_page_instances,
                    metadata_page_bytes: limits.metadata_page_bytes,
                    whole_instances: manifests.most_instances,
                    whole_bytes: manifests.most_bytes,
                    whole_at_once: manifests.at_once as usize,
                    whole_memory_bytes: manifests.memory_bytes,
                    manifest_instances: manifests.least_instances,
                },
            ),
        })
    }

    pub(super) async fn close(&self) {
        self.retrieve.close().await;
    }
}

async fn pictures(config: &Config) -> anyhow::Result<Pictures> {
    let folder = config.pictures_dir();
    let settings = PictureSettings {
        memory_bytes: config.pictures.memory_bytes,
        disk: folder.clone().map(|folder| PictureDisk {
            folder,
            bytes: config.pictures.disk_bytes,
        }),
    };
    Pictures::open(&settings).await.map_err(|error| {
        let folder = folder.unwrap_or_default();
        setup(format!("pictures.folder = {}", folder.display()), error)
    })
}

/// The doors, open.
#[derive(Debug)]
pub(super) struct Doors {
    http: JoinHandle<std::io::Result<()>>,
    dicom: JoinHandle<()>,
}

impl Doors {
    /// Opens both; each closes by itself once `stop` is cancelled.
    pub(super) fn open(
        house: &House,
        services: &Services,
        http: TcpListener,
        dicom: TcpListener,
        metrics: Arc<dyn Fn() -> String + Send + Sync>,
        stop: &CancellationToken,
    ) -> Self {
        let bound = dicom.local_addr();
        let dicom_port = bound.map_or(house.config.dicom.address.port(), |bound| bound.port());
        let router = web::router(web::WebState {
            ingest: house.ingest.clone(),
            query: services.query.clone(),
            retrieve: services.retrieve.clone(),
            grants: house.grants(),
            workitems: services.workitems.clone(),
            database: house.database.clone(),
            clock: house.clock.clone(),
            secrets: Arc::new(accounts::SystemSecrets),
            openid: services.openid.clone(),
            settings: web_settings(&house.config, dicom_port),
            metrics,
            ready: ready::check(house, stop.clone()),
        });
        let serving = serving(&house.config);
        let serve = web::serve(http, router, serving, services.tls.clone(), stop.clone());
        let dicom = dimse::serve(
            dicom,
            dimse::Services {
                ingest: house.ingest.clone(),
                query: services.query.clone(),
                retrieve: services.retrieve.clone(),
                database: house.database.clone(),
            },
            dimse_settings(&house.config),
            stop.clone(),
        );
        Self {
            http: tokio::spawn(serve),
            dicom: tokio::spawn(dicom),
        }
    }

    /// Waits for the end of both, which `stop` begins; after it no longer than `drain`.
    pub(super) async fn run(self, stop: CancellationToken, drain: Duration) -> anyhow::Result<()> {
        let both = async {
            let (http, dicom) = tokio::join!(self.http, self.dicom);
            http.context("the HTTP door fell")?
                .context("the HTTP door fell")?;
            dicom.context("the DICOM door fell")
        };
        let bound = async {
            stop.cancelled().await;
            tokio::time::sleep(drain).await;
        };
        tokio::select! {
            ended = both => ended,
            () = bound => {
                tracing::warn!(seconds = drain.as_secs(), "what still runs is cut off");
                Ok(())
            }
        }
    }
}

/// TLS of the HTTP door, where it is configured.
fn tls(config: &Config) -> anyhow::Result<Option<web::Tls>> {
    let Some((certificate, key)) = config.http.tls.files() else {
        return Ok(None);
    };
    let tls = web::Tls::open(certificate, key).map_err(|error| setup("http.tls", error))?;
    Ok(Some(tls))
}

fn serving(config: &Config) -> web::Serving {
    let http = &config.http;
    web::Serving {
        connections: http.connections as usize,
        streams: http.streams,
        head_bytes: http.head_bytes as usize,
        head_time: Duration::from_secs(http.head_seconds.into()),
        idle: Duration::from_secs(http.idle_seconds.into()),
    }
}

fn web_settings(config: &Config, dicom_port: u16) -> web::Settings {
    let sign_in = &config.http.sign_in;
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    web::Settings {
        dev: config.server.dev,
        base_url: config.http.base_url.clone(),
        max_stow_bytes: config.limits.request_bytes,
        max_workitem_bytes: config.worklist.workitem_bytes,
        stow: web::StowSettings {
            metadata_bytes: config.limits.request_metadata_bytes,
            ratio: config.limits.request_ratio,
            spool_memory_bytes: config.limits.request_memory_bytes,
            // Where the archive and the index are elsewhere, there may be no such folder.
            spool_folder: Some(config.server.data_dir.clone()).filter(|folder| folder.is_dir()),
        },
        session_lifetime: Duration::from_secs(u64::from(config.http.session_hours) * 3600),
        sign_in: web::SignIn {
            checks: sign_in.checks as usize,
            waiting: sign_in.waiting as usize,
            patience: seconds(sign_in.wait_seconds),
            account_failures: sign_in.account_failures,
            address_failures: sign_in.address_failures,
            max_delay: seconds(sign_in.max_delay_seconds),
            forget: seconds(sign_in.forget_seconds),
            remembered: sign_in.remembered as usize,
        },
        trusted_proxies: config.http.trusted_proxies.clone(),
        allowed_origins: config.http.cors.allowed_origins.clone(),
        changes: web::Changes {
            page: config.changes.page,
            wait: seconds(config.changes.wait_seconds),
            poll: Duration::from_millis(config.changes.poll_milliseconds.into()),
        },
        webhooks: web::Webhooks {
            hosts: webhooks::Hosts::new(config.webhooks.allowed_hosts.clone()),
            most: config.webhooks.most as usize,
        },
        institution: config.institution.id.clone(),
        dicom: web::DicomDoor {
            ae_title: config.dicom.ae_title.clone(),
            port: dicom_port,
        },
    }
}

fn worklist_settings(config: &Config) -> workitems::Settings {
    let worklist = &config.worklist;
    let days = |days: u32| Duration::from_secs(u64::from(days) * 24 * 60 * 60);
    workitems::Settings {
        ae_title: config.dicom.ae_title.clone(),
        worklist_label: worklist.label.clone(),
        max_results: config.limits.results,
        kept: days(worklist.kept_days),
        locked: days(worklist.locked_days),
        events: worklist.events,
        event_age: days(worklist.event_days),
        poll: Duration::from_millis(worklist.poll_milliseconds.into()),
        connections: worklist.connections as usize,
    }
}

fn dimse_settings(config: &Config) -> dimse::Settings {
    let dicom = &config.dicom;
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    dimse::Settings {
        max_pdu: dicom.max_pdu_bytes,
        max_associations: dicom.max_associations as usize,
        idle_timeout: seconds(dicom.idle_timeout_seconds),
        artim: seconds(dicom.artim_seconds),
        drain: seconds(config.server.drain_seconds),
        peers: dicom
            .peers
            .iter()
            .map(|peer| dimse_peer(config, peer))
            .collect(),
        open: config.server.dev,
        ..dimse::Settings::new(dicom.ae_title.clone(), config.institution.id.clone())
    }
}

fn dimse_peer(config: &Config, peer: &config::Peer) -> dimse::Peer {
    dimse::Peer {
        ae_title: peer.ae_title.clone(),
        host: peer.host.clone(),
        port: peer.port,
        operations: peer.operations.clone(),
        institution: peer
            .institution
            .clone()
            .unwrap_or_else(|| config.institution.id.clone()),
    }
}
