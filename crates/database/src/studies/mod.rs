//! Patients, studies, series and instances.

mod contents;
mod delete;
mod fill;
mod fold;
mod headers;
mod instance;
mod manifests;
mod moved;
mod read;
mod readings;
mod rebuild;
mod rejected;
mod retries;
mod search;
mod shown;
mod terms;
mod versions;
mod write;

pub use fold::name as fold_name;
pub use headers::{HeaderPage, PageBounds, Place};
pub use instance::{Committed, Found, InstanceRow, NewInstance, Record, Scope};
pub use manifests::HeaderRow;
pub(crate) use read::object_key;
pub use rejected::RejectedRow;
pub(crate) use retries::Retries;
pub use shown::SeriesSet;
pub(crate) use write::{Done, Work, batch};

use crate::{Database, DatabaseError};

impl Database {
    /// Writes one received object into the index, durably, together with others that wait.
    pub async fn commit(&self, instance: NewInstance) -> Result<Committed, DatabaseError> {
        self.commit_prepared(self.prepare(instance)?).await
    }

    /// Does of [`Self::commit`] what needs no database.
    pub fn prepare(&self, instance: NewInstance) -> Result<PreparedInstance, DatabaseError> {
        write::Prepared::new(instance, self.now()).map(|row| PreparedInstance(Box::new(row)))
    }

    /// [`Self::commit`] of what was prepared.
    pub async fn commit_prepared(
        &self,
        instance: PreparedInstance,
    ) -> Result<Committed, DatabaseError> {
        match self.writer().write(Work::Instance(instance.0)).await? {
            Done::Instance(committed) => Ok(committed),
            Done::Episode => Err(DatabaseError::Closed),
        }
    }
}

/// A received object as the rows it becomes.
#[derive(Debug)]
pub struct PreparedInstance(Box<write::Prepared>);
