//! The DICOM network with the peers of the field.

mod dcmtk;
mod orthanc;
mod pynetdicom;
