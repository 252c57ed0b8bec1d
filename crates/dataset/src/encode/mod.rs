//! Data sets as bytes (PS3.5 §7, §A).

mod described;
mod elements;
#[cfg(test)]
mod tests;
mod transcode;

pub use described::described;
pub use elements::elements;
pub use transcode::{AroundPixels, Segment, header_with_native_pixels, transcode};
