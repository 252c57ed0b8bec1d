//! Application entities: which institution calls by which AE title, from where, and what it may do.

use model::{AeTitle, InstitutionId, Operation, Standing};

use super::{Conflict, ConflictWith, named, operations, port};
use crate::{
    Database, DatabaseError, Deed,
    sql::{Bind, Row},
};

/// An application entity of an institution (PS3.7 §D.3.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// The institution that it belongs to.
    pub institution: InstitutionId,
    /// Its AE title, once in an institution.
    pub ae_title: AeTitle,
    /// Host name or address: what it calls from, and where it is reached; `*`: it calls from anywhere, and cannot be
    /// reached.
    pub host: String,
    /// The port on which it is reached.
    pub port: u16,
    /// What it may do.
    pub operations: Vec<Operation>,
}

/// An application entity, and where its institution stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityOf {
    /// The application entity.
    pub entity: Entity,
    /// Where its institution stands.
    pub standing: Standing,
}

const COLUMNS: &str = "institution_id, ae_title, host, port, operations";

impl Database {
    /// Enters application entities, or changes them: all, or none where rows conflict.
    pub async fn put_entities(
        &self,
        rows: &[(Deed<'_>, Entity)],
    ) -> Result<Vec<Conflict>, DatabaseError> {
        let sql = "INSERT INTO application_entities \
                   (institution_id, ae_title, host, port, operations) \
                   SELECT id, $2, $3, $4, $5 FROM institutions WHERE id = $1 \
                   ON CONFLICT (institution_id, ae_title) \
                   DO UPDATE SET host = $3, port = $4, operations = $5";
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let mut conflicts = Vec::new();
        for (at, (deed, entity)) in rows.iter().enumerate() {
            let mut binds = key(&entity.institution, &entity.ae_title);
            binds.extend([
                Bind::text(entity.host.as_str()),
                Bind::number(entity.port.into()),
                named(&entity.operations),
            ]);
            if connection.execute(sql, binds).await? == 0 {
                let with = ConflictWith::NoInstitution(entity.institution.clone());
                conflicts.push(Conflict { at, with });
                continue;
            }
            deed.write(&mut connection, self.now()).await?;
        }
        if conflicts.is_empty() {
            transaction.commit().await?;
        }
        Ok(conflicts)
    }

    /// Takes an application entity away, in force within seconds. False: there is none.
    pub async fn remove_entity(
        &self,
        deed: &Deed<'_>,
        institution: &InstitutionId,
        ae_title: &AeTitle,
    ) -> Result<bool, DatabaseError> {
        let sql = "DELETE FROM application_entities WHERE institution_id = $1 AND ae_title = $2";
        self.done(deed, sql, key(institution, ae_title)).await
    }

    /// Every application entity, by institution and title.
    pub async fn entities(&self) -> Result<Vec<Entity>, DatabaseError> {
        let sql =
            format!("SELECT {COLUMNS} FROM application_entities ORDER BY institution_id, ae_title");
        let mut reader = self.reader().await?;
        let rows = reader.connection().fetch(&sql, Vec::new()).await?;
        rows.iter().map(read).collect()
    }

    /// Those that bear an AE title, of any institution.
    pub async fn entities_titled(
        &self,
        ae_title: &AeTitle,
    ) -> Result<Vec<EntityOf>, DatabaseError> {
        let sql = format!(
            "SELECT {COLUMNS}, i.standing FROM application_entities \
             JOIN institutions i ON i.id = institution_id WHERE ae_title = $1 \
             ORDER BY institution_id"
        );
        let mut reader = self.reader().await?;
        let binds = vec![Bind::text(ae_title.to_string())];
        let rows = reader.connection().fetch(&sql, binds).await?;
        let read = rows.iter().map(|row| {
            Ok(EntityOf {
                entity: read(row)?,
                standing: row.parsed(5, |text| text.parse().ok())?,
            })
        });
        read.collect()
    }
}

fn key(institution: &InstitutionId, ae_title: &AeTitle) -> Vec<Bind> {
    vec![
        Bind::text(institution.as_str()),
        Bind::text(ae_title.to_string()),
    ]
}

fn read(row: &Row) -> Result<Entity, DatabaseError> {
    Ok(Entity {
        institution: row.parsed(0, |text| InstitutionId::new(text).ok())?,
        ae_title: row.parsed(1, |text| AeTitle::new(text).ok())?,
        host: row.text(2)?,
        port: port(row.number(3)?)?,
        operations: row.parsed(4, operations)?,
    })
}
