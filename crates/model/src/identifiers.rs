//! Identifiers as a parameter (invariant 10).

use ulid::Ulid;

/// Gives identifiers that sort by the time they were given.
pub trait Identifiers: Send + Sync + std::fmt::Debug {
    /// A new ULID, greater than every one given before by this process.
    fn next(&self) -> Ulid;
}
