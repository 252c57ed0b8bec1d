//! Patients, studies, series and instances.

mod contents;
mod delete;
mod fold;
mod instance;
mod moved;
mod read;
mod rebuild;
mod search;
mod versions;
mod write;

pub use instance::{Committed, Found, InstanceRow, NewInstance, Record, Scope};
pub(crate) use read::object_key;
pub(crate) use write::{Done, Work, batch};

use crate::{Database, DatabaseError};

impl Database {
    /// Writes one received object into the index, durably, together with others that wait.
    pub async fn commit(&self, instance: NewInstance) -> Result<Committed, DatabaseError> {
        let row = write::Prepared::new(instance, self.now())?;
        match self.writer().write(Work::Instance(Box::new(row))).await? {
            Done::Instance(committed) => Ok(committed),
            Done::Episode => Err(DatabaseError::Closed),
        }
    }
}
