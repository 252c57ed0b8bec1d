//! `institutions` and `entities`: who takes part, and by which AE titles.

use std::{io::Read, process::ExitCode};

use access::{Actor, Administration, Authority, Denial};
use anyhow::Context;
use model::Operation;
use registry::{NewEntity, NewInstitution, Registry};
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use crate::{
    cli::{EntitiesVerb, InstitutionsVerb, Table},
    house::House,
};

fn registry(house: &House) -> Result<(Registry, Authority), Denial> {
    let institution = house.config.institution.id.clone();
    let registry = Registry::new(house.database.clone(), institution.clone());
    let operator = Actor::Operator { institution };
    let authority = access::administer(&operator, Administration::Institutions)?;
    Ok((registry, authority))
}

/// The bytes of a table.
fn bytes(table: &Table) -> anyhow::Result<Vec<u8>> {
    if table.file.as_os_str() != "-" {
        let shown = table.file.display();
        return std::fs::read(&table.file).with_context(|| format!("{shown} cannot be read"));
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().read_to_end(&mut bytes);
    read.context("standard input cannot be read")?;
    Ok(bytes)
}

pub(super) async fn institutions(house: House, verb: InstitutionsVerb) -> anyhow::Result<ExitCode> {
    let (registry, authority) = registry(&house)?;
    match verb {
        InstitutionsVerb::List(_) => {
            for institution in registry.institutions(&authority).await? {
                let details = institution.details;
                let entered = institution.entered.format(&Rfc3339);
                let line = json!({
                    "id": details.id,
                    "credit_code": details.credit_code.map(|code| code.to_string()),
                    "name": details.name,
                    "region": details.region,
                    "campus": details.campus,
                    "level": details.level,
                    "ownership": details.ownership,
                    "standing": institution.standing.as_str(),
                    "entered": entered.context("a time out of range")?,
                });
                println!("{line}");
            }
        }
        InstitutionsVerb::Put(put) => {
            let told = NewInstitution {
                id: put.id,
                credit_code: put.credit_code,
                name: put.name,
                region: put.region,
                campus: put.campus,
                level: put.level,
                ownership: put.ownership,
            };
            registry.put_institution(&authority, told).await?;
        }
        InstitutionsVerb::Standing(of) => {
            registry
                .set_standing(&authority, &of.id, of.standing)
                .await?;
        }
        InstitutionsVerb::Import(table) => {
            let table = bytes(&table)?;
            let rows = registry.import_institutions(&authority, &table).await?;
            println!("{}", json!({"rows": rows}));
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn entities(house: House, verb: EntitiesVerb) -> anyhow::Result<ExitCode> {
    let (registry, authority) = registry(&house)?;
    match verb {
        EntitiesVerb::List(_) => {
            for entity in registry.entities(&authority).await? {
                let operations: Vec<&str> = entity
                    .operations
                    .into_iter()
                    .map(Operation::as_str)
                    .collect();
                let line = json!({
                    "institution": entity.institution,
                    "ae_title": entity.ae_title,
                    "host": entity.host,
                    "port": entity.port,
                    "operations": operations,
                });
                println!("{line}");
            }
        }
        EntitiesVerb::Put(put) => {
            let told = NewEntity {
                institution: put.of.institution.to_string(),
                ae_title: put.of.ae_title.to_string(),
                host: put.host,
                port: put.port,
                operations: put.operations,
            };
            registry.put_entity(&authority, told).await?;
        }
        EntitiesVerb::Remove(of) => {
            registry
                .remove_entity(&authority, &of.institution, &of.ae_title)
                .await?;
        }
        EntitiesVerb::Import(table) => {
            let table = bytes(&table)?;
            let rows = registry.import_entities(&authority, &table).await?;
            println!("{}", json!({"rows": rows}));
        }
    }
    Ok(ExitCode::SUCCESS)
}
