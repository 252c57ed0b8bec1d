//! The verbs, one file each.

mod accounts;
mod configuration;
mod conformance;
mod delete;
mod demo;
mod dump;
mod grants;
mod import;
mod jobs;
mod openapi;
mod pixels;
mod progress;
mod registry;
mod reindex;
mod rejected;
mod render;
mod sweep;
mod verify;
mod webhooks;

use std::{future::Future, process::ExitCode};

use config::{Config, ConfigError, Flags};
use ingest::upkeep::Unread;

use crate::{
    cli::{Cli, Common, IndexVerb, Serve, Verb},
    failure::setup,
    house::House,
    serve, telemetry,
};

/// Does what the command line says.
pub(crate) fn run(arguments: Cli) -> anyhow::Result<ExitCode> {
    match arguments.verb {
        Verb::Serve(flags) => {
            let demo = flags.demo;
            let config = serve_configuration(flags)?;
            block_on(&config, serve::run(config.clone(), demo))
        }
        Verb::Config(config) => configuration::run(config.verb),
        Verb::Import(import) => {
            let config = configuration(&import.common)?;
            block_on(&config, import::run(config.clone(), import))
        }
        Verb::Verify(common) => existing(&common, verify::run),
        Verb::Sweep(sweep) => {
            let older_than = sweep.older_than;
            existing(&sweep.common, move |house| sweep::run(house, older_than))
        }
        Verb::Reindex(reindex) => {
            let unread = match reindex.give_up_unreadable {
                true => Unread::GivenUp,
                false => Unread::Incomplete,
            };
            existing(&reindex.common, move |house| reindex::run(house, unread))
        }
        Verb::Delete(delete) => {
            let common = delete.common.clone();
            existing(&common, move |house| delete::run(house, delete))
        }
        Verb::Rejected(rejected) => {
            let common = rejected.verb.common().clone();
            existing(&common, move |house| rejected::run(house, rejected.verb))
        }
        Verb::Index(index) => match index.verb {
            IndexVerb::Dump(common) => existing(&common, dump::run),
        },
        Verb::Jobs(jobs) => {
            let common = jobs::common(&jobs.verb).clone();
            existing(&common, move |house| jobs::run(house, jobs.verb))
        }
        Verb::Webhooks(webhooks) => {
            let common = webhooks::common(&webhooks.verb).clone();
            existing(&common, move |house| webhooks::run(house, webhooks.verb))
        }
        Verb::Institutions(institutions) => {
            let common = institutions.verb.common().clone();
            existing(&common, move |house| {
                registry::institutions(house, institutions.verb)
            })
        }
        Verb::Entities(entities) => {
            let common = entities.verb.common().clone();
            existing(&common, move |house| {
                registry::entities(house, entities.verb)
            })
        }
        Verb::Grants(verbs) => {
            let common = verbs.verb.whose().common.clone();
            existing(&common, move |house| grants::grants(house, verbs.verb))
        }
        Verb::Prohibitions(verbs) => {
            let common = verbs.verb.whose().common.clone();
            existing(&common, move |house| {
                grants::prohibitions(house, verbs.verb)
            })
        }
        Verb::Encounters(verbs) => {
            let common = verbs.verb.whose().common.clone();
            existing(&common, move |house| grants::encounters(house, verbs.verb))
        }
        Verb::Emergencies(verbs) => {
            let common = verbs.verb.whose().common.clone();
            existing(&common, move |house| grants::emergencies(house, verbs.verb))
        }
        Verb::Users(users) => {
            let common = users.verb.whose().common.clone();
            existing(&common, move |house| accounts::users(house, users.verb))
        }
        Verb::Tokens(tokens) => {
            let common = tokens.verb.whose().common.clone();
            existing(&common, move |house| accounts::tokens(house, tokens.verb))
        }
        Verb::Deeds(deeds) => {
            let common = deeds.whose.common.clone();
            existing(&common, move |house| accounts::deeds(house, deeds))
        }
        Verb::Demo(demo) => demo::run(&demo.folder),
        Verb::Pixels(arguments) => pixels::run(&arguments),
        Verb::Render(arguments) => render::run(&arguments),
        Verb::Openapi => openapi::run(),
        Verb::Conformance => conformance::run(),
    }
}

/// The configuration of a verb without flags of its own.
fn configuration(common: &Common) -> Result<Config, ConfigError> {
    let flags = Flags {
        data_dir: common.data_dir.clone(),
        ..Flags::default()
    };
    config::load(common.config.as_deref(), environment(), flags)
}

fn serve_configuration(serve: Serve) -> Result<Config, ConfigError> {
    let flags = Flags {
        data_dir: serve.common.data_dir,
        http: serve.http,
        dicom: serve.dicom,
        ae_title: serve.aet,
        dev: serve.dev,
    };
    config::load(serve.common.config.as_deref(), environment(), flags)
}

/// The variables whose name and value are text; no other can be a key.
fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Runs a verb on an archive that exists.
fn existing<F>(common: &Common, verb: impl FnOnce(House) -> F) -> anyhow::Result<ExitCode>
where
    F: Future<Output = anyhow::Result<ExitCode>>,
{
    let config = configuration(common)?;
    block_on(&config, async {
        let house = House::open_existing(config.clone()).await?;
        let database = house.database.clone();
        let result = verb(house).await;
        database.close().await;
        result
    })
}

fn block_on(
    config: &Config,
    work: impl Future<Output = anyhow::Result<ExitCode>>,
) -> anyhow::Result<ExitCode> {
    telemetry::log(&config.log)?;
    // The one TLS stack of the process: S3 over https asks for it.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        tracing::debug!("a TLS provider was installed before");
    }
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| setup("threads cannot be started", error))?
        .block_on(work)
}
