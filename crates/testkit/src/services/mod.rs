//! Real services on loopback: PostgreSQL, an S3 (Ceph RADOS gateway), Orthanc, DCMTK's storage SCP.

pub mod ceph;
pub mod orthanc;
pub mod postgres;
pub mod storescp;
