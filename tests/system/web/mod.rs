//! DICOMweb with the clients of the field.

mod client;
mod metadata;
