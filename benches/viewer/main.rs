//! The viewer beside OHIF on Orthanc, in Debian's Chromium, one run: from nothing to true pixels, with a cold cache.
//!
//! `cargo run --release -p benches --bin viewer` (what `make bench-viewer` does, which also fetches what is needed).
//! Here both sides are set up and filled; `web-viewer/test/perf` opens them and writes the tables.

mod scene;

use std::{path::PathBuf, process::Command, time::Duration};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use testkit::{
    process::{run_command, tool},
    python::project,
    scratch::Scratch,
};

/// Opening, scrolling and leaving studies, beside OHIF.
#[derive(Debug, Parser)]
pub(crate) struct Options {
    /// The server to measure, an optimised build with the viewer in it.
    #[arg(long, default_value = "target/release/yingyun")]
    yingyun: PathBuf,
    /// Rounds; each case is measured once in each.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Folder with the Part 10 files of a real CT study; none: a phantom of 140 slices of 512 × 512.
    #[arg(long)]
    study: Option<PathBuf>,
    /// Only cases whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Where the tables go; none: to the terminal only.
    #[arg(long)]
    out: Option<PathBuf>,
}

fn main() -> Result<()> {
    let mut options = Options::parse();
    ensure!(options.rounds > 0, "nothing to measure");
    options.yingyun = options
        .yingyun
        .canonicalize()
        .context("--yingyun names no file")?;
    let scene = scene::Scene::set(&options)?;
    let scratch = Scratch::new("viewer")?;
    let table = scratch.path().join("table.md");
    let mut command = Command::new(tool("npm")?);
    command
        .current_dir(project().join("web-viewer"))
        .args(["run", "--silent", "perf"])
        .env("YINGYUN_PERF_OUT", &table)
        .env("YINGYUN_PERF_ROUNDS", options.rounds.to_string())
        .env("YINGYUN_PERF_ONLY", &options.only);
    for (name, value) in scene.told() {
        command.env(name, value);
    }
    let finished = run_command(command, Duration::from_secs(3600))?;
    eprintln!("{}", finished.text);
    finished.successful()?;
    let table = format!(
        "{}.\n\n{}",
        peers::machine()?,
        std::fs::read_to_string(table)?
    );
    println!("{table}");
    if let Some(path) = options.out {
        std::fs::write(path, table)?;
    }
    Ok(())
}
