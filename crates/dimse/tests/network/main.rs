//! The DICOM network over a real archive and a real index, driven by our own requestor and by
//! DCMTK.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod access;
mod commitment;
mod dcmtk;
mod find;
mod rate;
mod retrieve;
mod store;
mod support;
