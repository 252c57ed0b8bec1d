//! Taking a series in, side by side.

fn main() {}
