//! The service that the doors share.

use std::sync::Arc;

use access::Permit;
use archive::Archive;
use database::Database;
use model::{Clock, Identifiers, Operation, Origin, TransferSyntax, Uid};

use crate::{IngestError, Receiving, Settings, watermark::Watermark};

/// The one way in. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ingest {
    pub(crate) parts: Arc<Parts>,
}

#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) archive: Archive,
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) identifiers: Arc<dyn Identifiers>,
    pub(crate) settings: Settings,
    pub(crate) watermark: Watermark,
}

impl Ingest {
    /// Joins archive and index.
    pub fn new(
        archive: Archive,
        database: Database,
        clock: Arc<dyn Clock>,
        identifiers: Arc<dyn Identifiers>,
        settings: Settings,
    ) -> Self {
        let watermark = Watermark::new(settings.disk_watermark_bytes);
        Self {
            parts: Arc::new(Parts {
                archive,
                database,
                clock,
                identifiers,
                settings,
                watermark,
            }),
        }
    }

    /// C-STORE: the bytes of a data set in `transfer_syntax` follow. `expected` is the SOP class
    /// and instance that the command announced.
    pub fn receive(
        &self,
        permit: &Permit,
        origin: Origin,
        transfer_syntax: TransferSyntax,
        expected: Option<(Uid, Uid)>,
    ) -> Result<Receiving, IngestError> {
        self.admit(permit)?;
        Ok(Receiving::data_set(
            self.parts.clone(),
            permit.institution().clone(),
            origin,
            transfer_syntax,
            expected,
        ))
    }

    /// STOW, import: the bytes of a Part 10 file follow.
    pub fn receive_part10(
        &self,
        permit: &Permit,
        origin: Origin,
    ) -> Result<Receiving, IngestError> {
        self.admit(permit)?;
        Ok(Receiving::part10(
            self.parts.clone(),
            permit.institution().clone(),
            origin,
        ))
    }

    fn admit(&self, permit: &Permit) -> Result<(), IngestError> {
        permit
            .require(Operation::Store)
            .map_err(IngestError::Denied)?;
        let parts = &self.parts;
        parts
            .watermark
            .check(&parts.archive, &parts.database, parts.clock.as_ref())
    }
}
