//! Every object of the test data, in and out again.

mod malformed;
mod pixels;
mod round_trip;
pub(crate) mod survey;
