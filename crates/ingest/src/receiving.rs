//! One object on its way in.

use std::sync::Arc;

use bytes::Bytes;
use database::Committed;
use model::{InstanceKey, InstitutionId, Origin, TransferSyntax, Uid};

use crate::{IngestError, service::Parts};

/// One object on its way in: fed in chunks, acknowledged by [`Receiving::finish`].
#[derive(Debug)]
pub struct Receiving {}

/// What became of an object that was taken.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// Where it stands.
    pub key: InstanceKey,
    /// Its SOP class.
    pub sop_class: Uid,
    /// What the index did.
    pub outcome: Committed,
}

impl Receiving {
    pub(crate) fn data_set(
        _parts: Arc<Parts>,
        _institution: InstitutionId,
        _origin: Origin,
        _transfer_syntax: TransferSyntax,
        _expected: Option<(Uid, Uid)>,
    ) -> Self {
        unimplemented!()
    }

    pub(crate) fn part10(_parts: Arc<Parts>, _institution: InstitutionId, _origin: Origin) -> Self {
        unimplemented!()
    }

    /// Takes the next bytes. After an error the object is lost; the rest may be drained unheard.
    pub async fn write(&mut self, _chunk: Bytes) -> Result<(), IngestError> {
        unimplemented!()
    }

    /// Returns when the object is durable and indexed, and only then may it be acknowledged.
    pub async fn finish(self) -> Result<Accepted, IngestError> {
        unimplemented!()
    }

    /// Gives up: nothing is left behind.
    pub async fn abort(self) {
        unimplemented!()
    }
}
