//! The DICOM file format: preamble and file meta information (PS3.10 §7).

mod meta;
mod probe;
#[cfg(test)]
mod tests;

pub use meta::{FileMeta, PartialMeta};
pub use probe::{MAX_META_BYTES, Probe, probe};
