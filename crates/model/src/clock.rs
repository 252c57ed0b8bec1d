//! Time as a parameter (invariant 10).

use time::OffsetDateTime;

/// Tells the time. The system's clock lives in `server`, a set one in `testkit`.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present moment, UTC.
    fn now(&self) -> OffsetDateTime;
}
