//! DICOMweb with the clients of the field.

mod client;
mod contract;
mod described;
mod face;
mod metadata;
mod worklist;
