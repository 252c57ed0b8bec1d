//! STOW-RS: storing (PS3.18 §10.5).

mod body;
mod outcome;
mod reason;
mod store;

pub(crate) use store::{__path_store, __path_store_in_study, store, store_in_study};
