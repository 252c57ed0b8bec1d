//! UPS-RS: the worklist (PS3.18 chapter 11).

mod cancel;
mod create;
mod dataset;
mod failure;
mod notifications;
mod retrieve;
mod search;
mod state;
mod subscribers;
mod update;

pub(crate) use cancel::*;
pub(crate) use create::*;
pub(crate) use notifications::*;
pub(crate) use retrieve::*;
pub(crate) use search::*;
pub(crate) use state::*;
pub(crate) use subscribers::*;
pub(crate) use update::*;
