//! The words of the house: identifiers, keys, actors, permits, search terms. No I/O and no protocol.

mod actor;
mod ae_title;
mod audit;
mod clock;
mod episodes;
mod identifiers;
mod keys;
mod origin;
mod permit;
mod rejection;
pub mod search;
mod transfer_syntax;
mod uid;
mod worklist;

pub use actor::{Actor, Operation, Purpose};
pub use ae_title::{AeTitle, InvalidAeTitle};
pub use audit::{AccessEpisode, AuditPort, AuditUnavailable};
pub use clock::Clock;
pub use episodes::Episodes;
pub use identifiers::Identifiers;
pub use keys::{
    InstanceKey, InstitutionId, InvalidInstitutionId, InvalidObjectKey, ObjectKey, PatientKey,
    SeriesKey, StudyKey,
};
pub use origin::{Origin, Receiver};
pub use permit::{Denial, Permit, decide};
pub use rejection::{Rejection, UnknownRejection};
pub use transfer_syntax::TransferSyntax;
pub use uid::{InvalidUid, Uid};
pub use worklist::{StepState, Worklist};
