//! Who asks, and what they may do: the one place that decides. No I/O and no protocol.

mod actor;
mod administration;
mod episodes;
mod grounds;
mod permit;
mod role;
mod sights;

pub use actor::Actor;
pub use administration::{Administration, Authority, administer};
pub use episodes::Episodes;
pub use grounds::{Facts, Grant, Ground, Holding, Prohibition, Prohibitor, Reach, Reader, ground};
pub use permit::{Denial, Permit, decide};
pub use role::{InvalidRoles, Role, Roles, UnknownRole};
pub use sights::{FactsPort, FactsUnavailable, Sights};
