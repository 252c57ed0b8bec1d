//! DICOMweb with the clients of the field.

mod client;
mod face;
mod described;
mod metadata;
mod worklist;
