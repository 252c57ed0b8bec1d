//! Work behind the doors: who does which job.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use access::{Actor, Permit};
use anyhow::Context;
use async_trait::async_trait;
use database::{
    changes::Follow,
    jobs::{Kind, Leased},
};
use jobs::{Failure, Handler, Office, Sequencing, Settings, Workers};
use model::{InstitutionId, Operation, Purpose, Uid};
use retrieve::Retrieve;
use ulid::Ulid;
use webhooks::{Hosts, Sender};

use super::doors::Services;
use crate::house::House;

/// Puts the metadata of series in one piece.
#[derive(Debug)]
struct Manifests(Retrieve);

/// Tells subscribers of changes.
#[derive(Debug)]
struct Deliveries(Sender);

#[async_trait]
impl Handler for Manifests {
    async fn run(&self, job: &Leased) -> Result<(), Failure> {
        let institution = institution(job)?;
        let (study, series) = job.key.subject.split_once('/').ok_or_else(unreadable)?;
        let (study, series) = (Uid::new(study)?, Uid::new(series)?);
        let permit = permit(institution)?;
        Ok(self.0.keep_manifest(&permit, &study, &series).await?)
    }
}

#[async_trait]
impl Handler for Deliveries {
    async fn run(&self, job: &Leased) -> Result<(), Failure> {
        let id = Ulid::from_string(&job.key.subject)?;
        let delivered = self.0.deliver(institution(job)?, id).await;
        delivered.map_err(|undelivered| Failure {
            error: undelivered.error,
            progressed: undelivered.progressed,
        })
    }
}

fn institution(job: &Leased) -> Result<&InstitutionId, Failure> {
    job.key.institution.as_ref().ok_or_else(unreadable)
}

fn unreadable() -> Failure {
    Failure {
        error: "the job's subject cannot be read".into(),
        progressed: false,
    }
}

/// The installation's own permit: nothing leaves, so nothing is recorded.
fn permit(institution: &InstitutionId) -> Result<Permit, Failure> {
    let actor = Actor::Operator {
        institution: institution.clone(),
    };
    let permit = access::decide(&actor, Purpose::Operation, Operation::Retrieve);
    permit.map_err(Failure::from)
}

/// Begins, as the configuration says.
pub(super) fn begin(house: &House, services: &Services) -> anyhow::Result<Workers> {
    let config = &house.config;
    let (seconds, millis) = (
        |seconds: u32| Duration::from_secs(seconds.into()),
        |millis: u32| Duration::from_millis(millis.into()),
    );
    let sender = Sender::new(
        house.database.clone(),
        house.clock.clone(),
        webhooks::Settings {
            hosts: Hosts::new(config.webhooks.allowed_hosts.clone()),
            timeout: seconds(config.webhooks.timeout_seconds),
            batch: config.webhooks.batch,
        },
    )
    .context("webhooks cannot be sent")?;
    let handlers: [(Kind, Arc<dyn Handler>); 2] = [
        (
            Kind::Manifest,
            Arc::new(Manifests(services.retrieve.clone())),
        ),
        (Kind::Deliver, Arc::new(Deliveries(sender))),
    ];
    let office = Office {
        database: house.database.clone(),
        clock: house.clock.clone(),
        identifiers: house.identifiers.clone(),
        random: Arc::new(|| Ulid::generate().random() as u64),
        owner: format!("process {}", std::process::id()),
        handlers: BTreeMap::from(handlers),
    };
    let settle = seconds(config.manifests.settle_seconds);
    Ok(Workers::begin(
        office,
        Settings {
            workers: config.jobs.workers as usize,
            lease: seconds(config.jobs.lease_seconds),
            attempts: config.jobs.attempts,
            first_delay: seconds(config.jobs.first_delay_seconds),
            longest_delay: seconds(config.jobs.longest_delay_seconds),
            poll: millis(config.jobs.poll_milliseconds),
        },
        Sequencing {
            poll: millis(config.changes.poll_milliseconds),
            batch: config.changes.batch,
            keep: seconds(config.changes.keep_days) * 24 * 60 * 60,
            follow: Follow {
                settle,
                // A series that never settles has its piece now and then.
                longest: settle * 12,
            },
        },
    ))
}
