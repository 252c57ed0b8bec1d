//! Where received objects are kept: a local folder, an S3 service, or memory. Keys are never
//! reused and stored bytes never rewritten (ARCHITECTURE.md, invariants 1 to 3).

mod archive;
#[cfg(any(test, feature = "testing"))]
pub mod conformance;
mod error;
mod key;
mod listing;
mod local;
mod object_writer;
mod pieces;
mod remote;
#[cfg(test)]
mod tests;

pub use archive::{Archive, Entry, Staged};
pub use error::ArchiveError;
pub use object_writer::ObjectWriter;
pub use remote::S3Settings;
