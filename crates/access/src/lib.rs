//! Who asks, and what they may do: the one place that decides. No I/O and no protocol.

mod actor;
mod administration;
mod episodes;
mod permit;
mod role;

pub use actor::Actor;
pub use administration::{Administration, Authority, administer};
pub use episodes::Episodes;
pub use permit::{Denial, Permit, decide};
pub use role::{InvalidRoles, Role, Roles, UnknownRole};
