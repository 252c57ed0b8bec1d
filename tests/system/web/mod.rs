//! DICOMweb with the clients of the field.

mod client;
mod contract;
mod described;
mod differential;
mod face;
mod metadata;
mod orthanc;
mod worklist;
