//! The viewer's built files go into the library: it is compiled anew when they change or first appear.

use std::io::{self, Write};

const VIEWER: &str = "../../web-viewer/dist";

fn main() -> io::Result<()> {
    // A folder that is not there would count as changed at each build.
    std::fs::create_dir_all(VIEWER)?;
    writeln!(io::stdout(), "cargo::rerun-if-changed={VIEWER}")
}
