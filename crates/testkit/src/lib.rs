//! What tests and benches stand on: launchers of the real server and of real services, a DICOM
//! peer, an HTTP client and a fixture maker.
//!
//! Nothing here uses the product's own encoders, parsers or network code: what judges a server
//! must be able to disagree with it.

pub mod fixture;
pub mod http;
pub mod manifest;
pub mod multipart;
pub mod peer;
mod people;
pub mod ports;
pub mod process;
pub mod python;
pub mod scratch;
pub mod server;
pub mod services;
pub mod statements;
