//! Application entities.

use access::Authority;
use database::registry::Entity;
use model::{AeTitle, InstitutionId, Operation};

use crate::{Fault, Registry, RegistryError, institutions::refuse, table};

/// The longest host name (RFC 1035 §2.3.4), characters.
const HOST: usize = 253;

/// An application entity as it is told of, before it is checked.
#[derive(Clone, Debug, Default)]
pub struct NewEntity {
    /// The institution's id.
    pub institution: String,
    /// Its AE title.
    pub ae_title: String,
    /// Host name or address; `*`: it calls from anywhere, and cannot be reached.
    pub host: String,
    /// The port on which it is reached.
    pub port: u16,
    /// What it may do: `store`, `query`, `retrieve`, `delete`, `worklist`, `schedule`.
    pub operations: Vec<String>,
}

impl table::Row for Entity {
    const COLUMNS: &'static [&'static str] =
        &["institution", "ae_title", "host", "port", "operations"];
    const OPTIONAL: &'static [&'static str] = &[];

    fn read<'v>(value: impl Fn(&str) -> &'v str) -> Result<Self, Vec<Fault>> {
        let operations = value("operations").split([' ', ';', ',', '|', '、']);
        let port = value("port").parse();
        let told = NewEntity {
            institution: value("institution").into(),
            ae_title: value("ae_title").into(),
            host: value("host").into(),
            // What is no number is refused as 0 is.
            port: port.unwrap_or_default(),
            operations: operations
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
        };
        entity(told)
    }
}

/// What is told, checked.
fn entity(told: NewEntity) -> Result<Entity, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut wrong = |column, reason: String| {
        faults.push(Fault {
            line: None,
            column: Some(column),
            reason,
        });
    };
    let institution = InstitutionId::new(&told.institution);
    let institution = institution.map_err(|error| wrong("institution", error.to_string()));
    let ae_title = AeTitle::new(&told.ae_title);
    let ae_title = ae_title.map_err(|error| wrong("ae_title", error.to_string()));
    let is_spelt = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    let is_host = told.host == "*"
        || (1..=HOST).contains(&told.host.len()) && told.host.chars().all(is_spelt);
    if !is_host {
        wrong("host", "a host name, an address, or * for anywhere".into());
    }
    if told.port == 0 {
        wrong("port", "a number from 1 to 65535".into());
    }
    let operations: Result<Vec<Operation>, _> =
        told.operations.iter().map(|one| one.parse()).collect();
    match &operations {
        Ok(none) if none.is_empty() => wrong("operations", "one at least".into()),
        Ok(_) => {}
        Err(error) => wrong("operations", error.to_string()),
    }
    match (institution, ae_title, operations) {
        (Ok(institution), Ok(ae_title), Ok(operations)) if faults.is_empty() => Ok(Entity {
            institution,
            ae_title,
            host: told.host,
            port: told.port,
            operations,
        }),
        _ => Err(faults),
    }
}

impl Registry {
    /// Every application entity, by institution and title.
    pub async fn entities(&self, authority: &Authority) -> Result<Vec<Entity>, RegistryError> {
        self.require(authority)?;
        Ok(self.database.entities().await?)
    }

    /// Enters an application entity, or changes it.
    pub async fn put_entity(
        &self,
        authority: &Authority,
        told: NewEntity,
    ) -> Result<(), RegistryError> {
        self.require(authority)?;
        let entity = entity(told).map_err(RegistryError::Faults)?;
        self.put_entities(authority, vec![(None, entity)]).await
    }

    /// Enters the application entities of a table, or changes them: all or none. How many there were.
    pub async fn import_entities(
        &self,
        authority: &Authority,
        table: &[u8],
    ) -> Result<usize, RegistryError> {
        self.require(authority)?;
        let rows = table::read::<Entity>(table).map_err(RegistryError::Faults)?;
        let count = rows.len();
        self.put_entities(authority, rows).await?;
        Ok(count)
    }

    async fn put_entities(
        &self,
        authority: &Authority,
        rows: Vec<table::Numbered<Entity>>,
    ) -> Result<(), RegistryError> {
        let subjects: Vec<String> = rows.iter().map(|(_, entity)| subject(entity)).collect();
        let deeds: Vec<_> = rows
            .iter()
            .zip(&subjects)
            .map(|((_, entity), subject)| {
                let names: Vec<&str> = entity.operations.iter().map(|one| one.as_str()).collect();
                let detail = format!("{}:{} {}", entity.host, entity.port, names.join(", "));
                let deed = self.deed(authority, "entity_put", subject, detail);
                (deed, entity.clone())
            })
            .collect();
        let conflicts = self.database.put_entities(&deeds).await?;
        refuse(conflicts, &rows)
    }

    /// Takes an application entity away: it calls no more, within seconds.
    pub async fn remove_entity(
        &self,
        authority: &Authority,
        institution: &InstitutionId,
        ae_title: &AeTitle,
    ) -> Result<(), RegistryError> {
        self.require(authority)?;
        let name = format!("{institution}/{ae_title}");
        let deed = self.deed(authority, "entity_removed", &name, String::new());
        let removed = self
            .database
            .remove_entity(&deed, institution, ae_title)
            .await?;
        let what = "application entity";
        removed
            .then_some(())
            .ok_or(RegistryError::Unknown { what, name })
    }
}

fn subject(entity: &Entity) -> String {
    format!("{}/{}", entity.institution, entity.ae_title)
}
