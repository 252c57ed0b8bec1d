//! One module a family of code streams.

pub(crate) mod jpeg;
pub(crate) mod jpeg_2000;
pub(crate) mod jpeg_ls;
mod markers;
pub(crate) mod native;
mod registry;
pub(crate) mod rle;
mod samples;
