//! DICOMweb side by side in one run: Yingyun and Orthanc hold the same studies and answer the same
//! requests; nginx serves the bytes of our answers as static files. `wrk` asks.
//!
//! `cargo run --release -p benches --bin dicomweb -- --yingyun target/release/yingyun`

mod archives;
mod case;
mod load;
mod measure;
mod report;
mod searches;
mod studies;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Parser;

/// Searches, metadata, frames and studies, side by side.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// The server to measure, an optimised build.
    #[arg(long, default_value = "target/release/yingyun")]
    yingyun: PathBuf,
    /// Rounds; every case is measured once in each.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Studies of one small instance each that are searched.
    #[arg(long, default_value_t = 10_000)]
    studies: usize,
    /// Seconds of one measurement.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// How many connections ask at once, one case each.
    #[arg(long, value_delimiter = ',', default_value = "1,8")]
    connections: Vec<usize>,
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
        options.rounds > 0 && options.studies >= 200 && options.seconds > 0,
        "nothing to measure"
    );
    ensure!(
        options.connections.iter().all(|count| *count > 0),
        "no connection, no answer"
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
