//! The service: what the doors call.

use std::sync::Arc;

use archive::Archive;
use database::{Database, Scope};
use dataset::json::JsonObject;
use model::{AuditPort, Clock, Permit, TransferSyntax};

use crate::{
    Bulk, Content, Frame, FrameForm, Instance, Rendered, Rendering, RetrieveError, Settings, Stored,
};

/// Retrieves instances. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Retrieve {}

impl Retrieve {
    /// A service over an archive and its index.
    pub fn new(
        _archive: Archive,
        _database: Database,
        _audit: Arc<dyn AuditPort>,
        _clock: Arc<dyn Clock>,
        _settings: Settings,
    ) -> Self {
        unimplemented!()
    }

    /// The instances of `scope` that the permit's institution holds, by series and instance number;
    /// [`RetrieveError::NotFound`] where there is none.
    pub async fn instances(
        &self,
        _permit: &Permit,
        _scope: &Scope,
    ) -> Result<Vec<Instance>, RetrieveError> {
        unimplemented!()
    }

    /// An instance exactly as it was received.
    pub async fn stored(
        &self,
        _permit: &Permit,
        _instance: &Instance,
    ) -> Result<Stored, RetrieveError> {
        unimplemented!()
    }

    /// The data set in `to`: as stored where that is its transfer syntax, else re-encoded in
    /// Explicit or Implicit VR Little Endian, compressed pixel data decoded.
    pub async fn dataset(
        &self,
        _permit: &Permit,
        _instance: &Instance,
        _to: &TransferSyntax,
    ) -> Result<Content, RetrieveError> {
        unimplemented!()
    }

    /// The instance as a DICOM file (PS3.10) in `to`; none: as stored.
    pub async fn part10(
        &self,
        _permit: &Permit,
        _instance: &Instance,
        _to: Option<&TransferSyntax>,
    ) -> Result<Content, RetrieveError> {
        unimplemented!()
    }

    /// Whether [`Retrieve::dataset`] can be expected to give the instance in `to`.
    pub fn can_convert(&self, _instance: &Instance, _to: &TransferSyntax) -> bool {
        unimplemented!()
    }

    /// The headers of the instances of `scope` as DICOM JSON (PS3.18 §F), by series and instance
    /// number. Each `BulkDataURI` is relative to the instance: `bulkdata/7FE00010`.
    pub async fn metadata(
        &self,
        _permit: &Permit,
        _scope: &Scope,
    ) -> Result<Vec<JsonObject>, RetrieveError> {
        unimplemented!()
    }

    /// Frame `index0`, counted from 0, read on its own. Native pixel data leaves little endian
    /// whatever `form` says.
    pub async fn frame(
        &self,
        _permit: &Permit,
        _instance: &Instance,
        _index0: u32,
        _form: FrameForm,
    ) -> Result<Frame, RetrieveError> {
        unimplemented!()
    }

    /// The bulk data at `path`, as the metadata names it after `bulkdata/`.
    pub async fn bulkdata(
        &self,
        _permit: &Permit,
        _instance: &Instance,
        _path: &str,
    ) -> Result<Bulk, RetrieveError> {
        unimplemented!()
    }

    /// Frame `index0` as a consumer image (PS3.18 §10.4.1.1.3).
    pub async fn rendered(
        &self,
        _permit: &Permit,
        _instance: &Instance,
        _index0: u32,
        _rendering: &Rendering,
    ) -> Result<Rendered, RetrieveError> {
        unimplemented!()
    }
}
