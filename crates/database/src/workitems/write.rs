//! Writing a workitem, and with it, in one transaction, what its subscribers are told.

use model::{AeTitle, InstitutionId};

use super::{Workitem, events, flag, follow};
use crate::{
    Database, DatabaseError, moment,
    sql::{Bind, Connection, Dialect},
};

/// A workitem's new content, and what is told of it.
#[derive(Clone, Debug)]
pub struct Change {
    /// The workitem as it shall be; `version` is the one it replaces, 0 for a new one.
    pub workitem: Workitem,
    /// Event reports for everybody who follows it, in order.
    pub reports: Vec<String>,
    /// For a new one: who follows it from now on, with or without a deletion lock.
    pub followers: Vec<(AeTitle, bool)>,
    /// For a new one: the revision of the followers that `followers` was made of.
    pub revision: i64,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is written.
    Done {
        /// How many subscribers are told.
        told: usize,
    },
    /// Another change came before it, or a new one exists already: read again.
    Overtaken,
}

impl Database {
    /// Writes a new workitem or a change of one.
    pub async fn write_workitem(
        &self,
        institution: &InstitutionId,
        change: &Change,
    ) -> Result<Written, DatabaseError> {
        let now = moment::to_column(self.now())?;
        let mut transaction = self.begin().await?;
        let mut connection = transaction.connection();
        let written = if change.workitem.version == 0 {
            insert(&mut connection, institution, change).await?
        } else {
            update(&mut connection, institution, &change.workitem, now).await?
        };
        if !written {
            return Ok(Written::Overtaken);
        }
        let uid = &change.workitem.uid;
        let subscribers = follow::subscribers(&mut connection, institution, uid).await?;
        for subscriber in &subscribers {
            events::append(
                &mut connection,
                institution,
                subscriber,
                &change.reports,
                now,
            )
            .await?;
        }
        transaction.commit().await?;
        Ok(Written::Done {
            told: subscribers.len(),
        })
    }
}

fn columns(institution: &InstitutionId, workitem: &Workitem) -> Vec<Bind> {
    vec![
        Bind::text(institution.as_str()),
        Bind::text(workitem.uid.as_str()),
        Bind::text(workitem.state.as_str()),
        Bind::Text(workitem.transaction.clone()),
        Bind::text(workitem.patient_id.as_str()),
        Bind::text(workitem.starts.as_str()),
        Bind::text(workitem.attributes.as_str()),
    ]
}

async fn insert(
    connection: &mut Connection<'_>,
    institution: &InstitutionId,
    change: &Change,
) -> Result<bool, DatabaseError> {
    // Who follows all of the worklist may not change until this is committed.
    let lock = match connection.dialect() {
        Dialect::Sqlite => "",
        Dialect::Postgres => " FOR SHARE",
    };
    let sql = format!("SELECT revision FROM worklists WHERE institution_id = $1{lock}");
    let binds = vec![Bind::text(institution.as_str())];
    let row = connection.fetch_first(&sql, binds).await?;
    let revision = row.map_or(Ok(0), |row| row.number(0))?;
    if revision != change.revision {
        return Ok(false);
    }
    let sql = "INSERT INTO workitems (institution_id, uid, state, transaction_uid, patient_id, \
               starts, attributes, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 1) \
               ON CONFLICT DO NOTHING";
    let binds = columns(institution, &change.workitem);
    if connection.execute(sql, binds).await? == 0 {
        return Ok(false);
    }
    for (subscriber, lock) in &change.followers {
        let sql = "INSERT INTO workitem_subscriptions (institution_id, uid, ae_title, \
                   deletion_lock) VALUES ($1, $2, $3, $4)";
        let binds = vec![
            Bind::text(institution.as_str()),
            Bind::text(change.workitem.uid.as_str()),
            Bind::text(subscriber.as_str()),
            flag(*lock),
        ];
        connection.execute(sql, binds).await?;
    }
    Ok(true)
}

async fn update(
    connection: &mut Connection<'_>,
    institution: &InstitutionId,
    workitem: &Workitem,
    now: i64,
) -> Result<bool, DatabaseError> {
    let sql = "UPDATE workitems SET state = $3, transaction_uid = $4, patient_id = $5, \
               starts = $6, attributes = $7, version = version + 1, \
               ended = COALESCE(ended, $9) \
               WHERE institution_id = $1 AND uid = $2 AND version = $8";
    let mut binds = columns(institution, workitem);
    binds.push(Bind::number(workitem.version));
    binds.push(Bind::Number(workitem.state.is_final().then_some(now)));
    Ok(connection.execute(sql, binds).await? > 0)
}
