//! QIDO-RS: searching (PS3.18 §10.6).

mod answer;
mod asked;
mod attributes;
mod dictionary;
mod parameters;
mod routes;

pub(crate) use attributes::always_returned;
pub(crate) use parameters::{Include, Parameters};
pub(crate) use routes::*;
