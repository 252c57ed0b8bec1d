//! Changes in the order of their commits, numbered without gaps for each institution
//! (docs/adr/0012). What changes writes into the outbox; one sequencer moves it from there.

mod feed;
mod sequence;

pub use feed::{ChangePage, NumberedChange};
pub use sequence::Follow;
