//! yingyun. 
fn main() {}
