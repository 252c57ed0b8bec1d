//! Taking a CT series in, side by side in one run: Yingyun, Orthanc, DCMTK's `storescp`, and the
//! floor that the same syncs alone set. Every target is measured in turn, every object is new.
//!
//! `cargo run --release -p benches --bin ingest -- --yingyun target/release/yingyun`

mod floor;
mod load;
mod measure;
mod report;
mod series;
mod target;

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Parser;

/// Taking a CT series in, side by side.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// The server to measure, an optimised build.
    #[arg(long, default_value = "target/release/yingyun")]
    yingyun: PathBuf,
    /// Rounds; every case is measured once in each.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Objects a measurement.
    #[arg(long, default_value_t = 400)]
    objects: usize,
    /// Objects of a measurement in which nothing is tuned: some servers take 50 ms for each.
    #[arg(long, default_value_t = 60)]
    untuned_objects: usize,
    /// Only cases whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Where the table goes; none: to the terminal only.
    #[arg(long)]
    out: Option<PathBuf>,
}

fn main() -> Result<()> {
    let options = Options::parse();
    ensure!(
        options.rounds > 0 && options.objects >= 8,
        "nothing to measure"
    );
    let results = measure::all(&options)?;
    let table = report::table(&options, &results)?;
    println!("{table}");
    if let Some(path) = options.out {
        std::fs::write(path, table)?;
    }
    Ok(())
}
