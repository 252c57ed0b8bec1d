//! The behaviour that every backend shares.
