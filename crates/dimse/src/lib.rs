//! dimse.
