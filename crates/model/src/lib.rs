//! The words of the house: identifiers, keys, operations, search terms. No I/O and no protocol.

mod ae_title;
mod audit;
mod basis;
mod clock;
mod identifiers;
mod institution;
mod keys;
mod operation;
mod origin;
mod rejection;
pub mod search;
mod transfer_syntax;
mod uid;
mod worklist;

pub use ae_title::{AeTitle, InvalidAeTitle};
pub use audit::{AccessEpisode, AuditPort, AuditUnavailable};
pub use basis::{Basis, PatientIdentity, UnknownBasis};
pub use clock::Clock;
pub use identifiers::Identifiers;
pub use institution::{CreditCode, InvalidCreditCode, Standing, UnknownStanding};
pub use keys::{
    InstanceKey, InstitutionId, InvalidInstitutionId, InvalidObjectKey, ObjectKey, PatientKey,
    SeriesKey, StudyKey,
};
pub use operation::{Operation, Purpose, UnknownOperation};
pub use origin::{Origin, Receiver};
pub use rejection::{Rejection, UnknownRejection};
pub use transfer_syntax::TransferSyntax;
pub use uid::{InvalidUid, Uid};
pub use worklist::{StepState, Worklist};
