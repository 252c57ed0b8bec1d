//! STOW-RS: storing (PS3.18 §10.5).

mod body;
mod bulk;
mod coding;
mod described;
mod outcome;
mod reason;
mod split;
mod spool;
mod store;
mod syntax;

pub(crate) use store::{__path_store, __path_store_in_study, store, store_in_study};
