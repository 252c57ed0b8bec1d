//! Patients, studies, series and instances.

mod instance;

pub use instance::{Committed, Found, InstanceRow, NewInstance, Record, Scope};

use model::{InstitutionId, StudyKey, search::Search};
use ulid::Ulid;

use crate::{Database, DatabaseError};

impl Database {
    /// Writes one received object into the index, durably, together with others that wait.
    pub async fn commit(&self, _instance: NewInstance) -> Result<Committed, DatabaseError> {
        unimplemented!()
    }

    /// Finds patients, studies, series or instances.
    pub async fn search(
        &self,
        _institution: &InstitutionId,
        _search: &Search,
    ) -> Result<Found, DatabaseError> {
        unimplemented!()
    }

    /// The shown version of every instance in `scope`, by series and instance number.
    pub async fn instances(
        &self,
        _institution: &InstitutionId,
        _scope: &Scope,
    ) -> Result<Vec<InstanceRow>, DatabaseError> {
        unimplemented!()
    }

    /// The same with each one's header (zstd of DICOM JSON).
    pub async fn headers(
        &self,
        _institution: &InstitutionId,
        _scope: &Scope,
    ) -> Result<Vec<(InstanceRow, Vec<u8>)>, DatabaseError> {
        unimplemented!()
    }

    /// The shown version of each SOP instance that the institution holds among `sops`, whatever its
    /// study; for storage commitment (PS3.4 §J.3).
    pub async fn instances_by_sop(
        &self,
        _institution: &InstitutionId,
        _sops: &[model::Uid],
    ) -> Result<Vec<InstanceRow>, DatabaseError> {
        unimplemented!()
    }

    /// Takes every version of the study that was received at or before `before` out of the index;
    /// returns their object keys.
    pub async fn delete_study(
        &self,
        _study: &StudyKey,
        _before: Ulid,
    ) -> Result<Vec<String>, DatabaseError> {
        unimplemented!()
    }
}
