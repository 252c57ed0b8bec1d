//! A DICOM peer of our own (PS3.7, PS3.8): blocking, small, and apart from the product's network
//! code. It sends any bytes in any transfer syntax and never re-encodes.

mod association;
mod command;
mod pdu;
mod services;

pub use association::{Association, Proposal, Refused};
pub use command::Command;
pub use pdu::{PduKind, read_pdu};
pub use services::{Fetched, Outcome, Received};

/// Verification.
pub const VERIFICATION: &str = "1.2.840.10008.1.1";
/// Patient root query, retrieve by move, retrieve by get.
pub const PATIENT_ROOT: [&str; 3] = [
    "1.2.840.10008.5.1.4.1.2.1.1",
    "1.2.840.10008.5.1.4.1.2.1.2",
    "1.2.840.10008.5.1.4.1.2.1.3",
];
/// Study root query, retrieve by move, retrieve by get.
pub const STUDY_ROOT: [&str; 3] = [
    "1.2.840.10008.5.1.4.1.2.2.1",
    "1.2.840.10008.5.1.4.1.2.2.2",
    "1.2.840.10008.5.1.4.1.2.2.3",
];
/// Implicit VR Little Endian.
pub const IMPLICIT: &str = "1.2.840.10008.1.2";
/// Explicit VR Little Endian.
pub const EXPLICIT: &str = "1.2.840.10008.1.2.1";
