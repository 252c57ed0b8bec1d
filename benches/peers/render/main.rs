//! Pictures and whole files, side by side in one run: Yingyun and Orthanc render the same CT slices
//! over HTTP; Yingyun, DCMTK and GDCM decode the same files. Every case is measured once a round.
//!
//! `cargo run --release -p benches --bin render -- --yingyun target/release/yingyun`

mod archives;
mod case;
mod codecs;
mod files;
mod load;
mod measure;
mod report;
mod scene;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Parser;

/// Rendering over HTTP and decoding of files, side by side.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// The server to measure, an optimised build.
    #[arg(long, default_value = "target/release/yingyun")]
    yingyun: PathBuf,
    /// Rounds; every case is measured once in each.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// CT instances in both archives, each one picture.
    #[arg(long, default_value_t = 240)]
    objects: usize,
    /// How many connections ask at once, one case each.
    #[arg(long, value_delimiter = ',', default_value = "1,2,4,8")]
    connections: Vec<usize>,
    /// Frames of a file.
    #[arg(long, default_value_t = 160)]
    frames: usize,
    /// Only cases whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Where the table goes; none: to the terminal only.
    #[arg(long)]
    out: Option<PathBuf>,
}

fn main() -> Result<()> {
    let mut options = Options::parse();
    ensure!(
        options.rounds > 0 && options.objects >= 8 && options.frames > 0,
        "nothing to measure"
    );
    ensure!(
        options.connections.iter().all(|count| *count > 0),
        "no connection, no picture"
    );
    options.yingyun = options.yingyun.canonicalize()?;
    let found = measure::all(&options)?;
    let table = report::table(&options, &found)?;
    println!("{table}");
    if let Some(path) = options.out {
        std::fs::write(path, table)?;
    }
    Ok(())
}
