//! DICOMweb with the clients of the field.

mod client;
mod face;
mod metadata;
mod worklist;
