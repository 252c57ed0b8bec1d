//! The one way in: bytes -> data set header -> archive -> index. C-STORE, STOW and import are its doors.

mod accepted;
mod announced;
mod error;
mod gathered;
mod heal;
mod index;
mod provenance;
mod receiving;
mod rejection;
mod service;
mod settings;
#[cfg(test)]
mod tests;
pub mod upkeep;
mod watermark;

pub use accepted::Accepted;
pub use error::IngestError;
pub use receiving::Receiving;
pub use service::Ingest;
pub use settings::Settings;
