//! The DICOM network: associations, the DIMSE services as provider, and a requestor of them
//! (PS3.7, PS3.8, PS3.4 Annexes A, B, C and J).

mod admission;
mod association;
mod command;
mod commitment;
mod echo;
mod error;
mod find;
mod get;
mod identifier;
mod listener;
mod matches;
mod move_;
pub mod scu;
mod services;
mod session;
mod settings;
pub mod sop_class;
mod status;
mod store;
mod suboperations;

pub use error::DimseError;
pub use listener::serve;
pub use services::Services;
pub use settings::{Peer, Settings};
