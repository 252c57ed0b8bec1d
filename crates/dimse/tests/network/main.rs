//! The DICOM network over a real archive and a real index, driven by our own requestor and by
//! DCMTK.

mod access;
mod commitment;
mod dcmtk;
mod find;
mod retrieve;
mod store;
mod support;
