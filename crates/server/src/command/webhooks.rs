//! `webhooks`: who is told of changes.

use std::process::ExitCode;

use accounts::{Secrets, SystemSecrets};
use anyhow::bail;
use serde_json::json;
use webhooks::{Hosts, Secret};

use crate::{
    cli::{Common, WebhooksVerb},
    house::House,
};

/// What every verb takes.
pub(crate) fn common(verb: &WebhooksVerb) -> &Common {
    match verb {
        WebhooksVerb::List(common) => common,
        WebhooksVerb::Create(create) => &create.common,
        WebhooksVerb::Delete(of) => &of.common,
        WebhooksVerb::Replay(replay) => &replay.of.common,
    }
}

pub(crate) async fn run(house: House, verb: WebhooksVerb) -> anyhow::Result<ExitCode> {
    let database = &house.database;
    let institution = &house.config.institution.id;
    match verb {
        WebhooksVerb::List(_) => {
            for webhook in database.webhooks(institution).await? {
                let line = json!({
                    "id": webhook.id.to_string(),
                    "url": webhook.url,
                    "delivered": webhook.sent,
                });
                println!("{line}");
            }
        }
        WebhooksVerb::Create(create) => {
            let hosts = Hosts::new(house.config.webhooks.allowed_hosts.clone());
            hosts.check(&create.url)?;
            let mut bytes = [0; Secret::LENGTH];
            SystemSecrets.fill(&mut bytes);
            let (id, secret) = (house.identifiers.next(), Secret::new(bytes));
            database
                .create_webhook(institution, id, &create.url, secret.bytes())
                .await?;
            println!(
                "{}",
                json!({"id": id.to_string(), "secret": secret.shown()})
            );
        }
        WebhooksVerb::Delete(of) => {
            if !database.delete_webhook(institution, of.id).await? {
                bail!("there is no webhook {}", of.id);
            }
        }
        WebhooksVerb::Replay(replay) => {
            let id = replay.of.id;
            if !database
                .replay_webhook(institution, id, replay.from)
                .await?
            {
                bail!("there is no webhook {id}");
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
