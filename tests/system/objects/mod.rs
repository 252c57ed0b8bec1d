//! Every object of the test data, in and out again.

mod hostile;
mod malformed;
mod pixels;
mod render;
mod round_trip;
pub(crate) mod survey;
