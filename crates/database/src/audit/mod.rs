//! Access episodes, written before the first byte leaves (ARCHITECTURE.md, invariant 5).

use async_trait::async_trait;
use model::{AccessEpisode, AuditPort, AuditUnavailable, InstitutionId, Purpose};

use crate::{
    Database, DatabaseError, moment,
    sql::{Bind, Connection, Dialect},
    store::Store,
    studies::Work,
};

/// An episode as the values of its row.
#[derive(Debug)]
pub(crate) struct Entry(Vec<Bind>);

impl Entry {
    fn new(episode: &AccessEpisode) -> Result<Self, DatabaseError> {
        let optional = |text: Option<&str>| match text {
            Some(text) => Bind::text(text),
            None => Bind::Text(None),
        };
        let study = episode.study.as_ref();
        Ok(Self(vec![
            Bind::text(episode.actor.as_str()),
            Bind::text(match episode.purpose {
                Purpose::Treatment => "treatment",
                Purpose::Operation => "operation",
            }),
            Bind::text(episode.operation.as_str()),
            optional(study.map(|key| key.institution.as_str())),
            optional(study.map(|key| key.study.as_str())),
            Bind::number(moment::to_column(episode.began)?),
            optional(episode.reader.as_ref().map(InstitutionId::as_str)),
            optional(episode.basis.as_ref().map(|(basis, _)| basis.as_str())),
            Bind::Text(episode.basis.as_ref().map(|(_, grant)| grant.to_string())),
        ]))
    }
}

/// Appends an episode in the caller's transaction.
pub(crate) async fn append(
    connection: &mut Connection<'_>,
    entry: &Entry,
) -> Result<(), DatabaseError> {
    let sql = "INSERT INTO audit (actor, purpose, operation, institution_id, study_uid, began, \
               reader_id, basis, grant_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    connection.execute(sql, entry.0.clone()).await?;
    Ok(())
}

/// Appends an episode in a transaction of its own.
pub(crate) async fn alone(store: &Store, entry: &Entry) -> Result<(), DatabaseError> {
    let mut transaction = store.begin().await?;
    append(&mut transaction.connection(), entry).await?;
    transaction.commit().await
}

#[async_trait]
impl AuditPort for Database {
    async fn open(&self, episode: AccessEpisode) -> Result<(), AuditUnavailable> {
        let written = async {
            let entry = Entry::new(&episode)?;
            match self.store().dialect() {
                Dialect::Sqlite => {
                    self.writer().write(Work::Episode(entry)).await?;
                    Ok(())
                }
                // Many commit at once there, and share the sync by themselves.
                Dialect::Postgres => alone(self.store(), &entry).await,
            }
        };
        written
            .await
            .map_err(|error: DatabaseError| AuditUnavailable(Box::new(error)))
    }
}
