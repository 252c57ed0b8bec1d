//! Provenance that is not in the data set, kept in the file meta group so that the archive alone
//! can rebuild the index (ARCHITECTURE.md, invariant 2; PS3.10 §7.1, (0002,0100) and (0002,0102)).

use dataset::part10::FileMeta;
use model::{InstitutionId, Origin, Receiver, TransferSyntax, Uid};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// What (0002,0102) holds, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Provenance {
    /// Who holds the object.
    pub(crate) institution: InstitutionId,
    /// Issuer of Patient ID where the data set names none.
    pub(crate) default_issuer: String,
    /// When its first byte came.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) received: OffsetDateTime,
    /// Who sent it, by which door.
    pub(crate) origin: Origin,
}

impl Provenance {
    /// The file meta group of a stored object.
    pub(crate) fn file_meta(
        &self,
        sop_class: &Uid,
        sop: &Uid,
        transfer_syntax: &TransferSyntax,
    ) -> FileMeta {
        let from_dimse = self.origin.receiver == Receiver::Dimse;
        let source = from_dimse.then(|| self.origin.source.clone());
        FileMeta {
            sop_class: sop_class.clone(),
            sop: sop.clone(),
            transfer_syntax: transfer_syntax.clone(),
            source_ae: source.clone(),
            sending_ae: source,
            receiving_ae: self.origin.called.as_ref().map(ToString::to_string),
            private: Some(
                serde_json::to_vec(self).expect("a provenance has string keys and no map fails"),
            ),
        }
    }

    /// Reads what [`Provenance::file_meta`] wrote, padding dropped.
    pub(crate) fn read(private: &[u8]) -> Result<Self, serde_json::Error> {
        let end = private
            .iter()
            .rposition(|b| *b != 0)
            .map_or(0, |last| last + 1);
        serde_json::from_slice(&private[..end])
    }
}
