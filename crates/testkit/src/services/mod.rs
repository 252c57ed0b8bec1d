//! Real services on loopback: PostgreSQL, an S3 (Ceph RADOS gateway), Orthanc, DCMTK's storage SCP,
//! an OpenID provider.

pub mod ceph;
pub mod openid;
pub mod orthanc;
pub mod postgres;
pub mod storescp;
