//! DICOMweb with the clients of the field.

mod client;
mod described;
mod differential;
mod face;
mod metadata;
mod orthanc;
mod worklist;
