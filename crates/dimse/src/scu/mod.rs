//! The requestor's side of the services: sub-operations, reports, and clients of every kind.

mod commitment;
mod get;
mod requestor;

pub use crate::association::{Context, Proposal};
pub use crate::command::Counts;
pub(crate) use commitment::{Target, report, send_report};
pub use get::Delivered;
pub use requestor::{Found, Limits, Requestor, Retrieved, Stored};
pub(crate) use requestor::{status, store_request};
