//! Searching and ingest with an index of a million studies, against the same of ten thousand.
//!
//! The index is loaded past the server (COPY, one transaction), its names and terms as the server
//! itself makes them; objects are not there, headers are tiny. `make bench-scale`.

mod doors;
mod holdings;
mod load;
mod measure;
mod people;
mod rows;
mod searches;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::Parser;
use testkit::{scratch::Scratch, services::postgres::Postgres};

use load::Backend;

/// Searching a large index.
#[derive(Debug, Parser)]
struct Options {
    /// Studies on PostgreSQL; some twenty instances each.
    #[arg(long, default_value_t = 1_000_000)]
    studies: u64,
    /// Studies on SQLite.
    #[arg(long, default_value_t = 100_000)]
    sqlite_studies: u64,
    /// Studies of the small index that both are compared with.
    #[arg(long, default_value_t = 10_000)]
    small: u64,
    /// The server that is asked.
    #[arg(long, default_value = "target/release/yingyun")]
    yingyun: PathBuf,
    /// How often each search is asked.
    #[arg(long, default_value_t = 200)]
    rounds: usize,
    /// `postgres` or `sqlite` alone.
    #[arg(long)]
    only: Option<String>,
    /// Where the databases lie while it runs; none: the system's temporary folder.
    #[arg(long)]
    below: Option<PathBuf>,
}

fn main() -> Result<()> {
    let mut options = Options::parse();
    options.yingyun = options
        .yingyun
        .canonicalize()
        .context("build the server first")?;
    let binary = &options.yingyun;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let folder = |name: &str| match &options.below {
        Some(parent) => Scratch::below(parent, name),
        None => Scratch::new(name),
    };
    for kind in ["postgres", "sqlite"] {
        if options.only.as_deref().is_some_and(|only| only != kind) {
            continue;
        }
        let (large, backend) = match kind {
            "postgres" => {
                let postgres = Postgres::start(folder("scale")?)?;
                (options.studies, Backend::Postgres(Box::new(postgres)))
            }
            "sqlite" => (options.sqlite_studies, Backend::Sqlite(folder("scale")?)),
            other => bail!("{other}: no such database"),
        };
        let small = runtime.block_on(measure::index(
            &backend,
            binary,
            options.small,
            options.rounds,
        ))?;
        let large = runtime.block_on(measure::index(&backend, binary, large, options.rounds))?;
        println!("\n{kind}\n\n{}", measure::table(&small, &large));
    }
    Ok(())
}
