//! `import PATH…`: files and folders through the same way in as C-STORE and STOW.
//!
//! An import that was interrupted goes on where it stopped: what it took is in a record in the data
//! folder until the import ends.

mod file;
mod record;
mod walk;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use config::Config;
use futures::{StreamExt, stream};
use indicatif::ProgressBar;

use self::{file::Outcome, record::Record};
use super::progress;
use crate::{cli::Import, house::House};

/// Files read at once.
const READERS: usize = 8;

/// What became of the files, counted.
#[derive(Debug, Default)]
struct Tally {
    stored: u64,
    known: u64,
    aside: u64,
    skipped: u64,
    refused: u64,
}

pub(crate) async fn run(config: Config, import: Import) -> anyhow::Result<ExitCode> {
    let house = Arc::new(House::open(config).await?);
    let receiving = house.begin_receiving("import").await?;
    let result = run_in(&house, import).await;
    // In this order: no sweep that waited may begin while a commit is under way.
    house.database.close().await;
    receiving.release().await;
    result
}

async fn run_in(house: &Arc<House>, import: Import) -> anyhow::Result<ExitCode> {
    let files = walk::files(&import.paths);
    let mut tally = Tally::default();
    let bar = progress::bar(files.found.len() as u64);
    for (path, error) in files.unreadable {
        refuse(&bar, &mut tally, &path, &error.to_string());
    }
    let folder = house.config.server.data_dir.join("imports");
    let mut record = Record::open(&folder, &import.paths, import.again)?;
    let (done, todo): (Vec<_>, Vec<_>) = files.found.into_iter().partition(|f| record.holds(f));
    tally.skipped = done.len() as u64;
    bar.inc(tally.skipped);

    let mut reads = stream::iter(todo)
        .map(|found| {
            let house = house.clone();
            async move {
                // A task of its own: writing and syncing hold the thread that they run on.
                let path = found.path.clone();
                let task = tokio::spawn(async move { file::import(&house, &path).await });
                let lost = |error| Outcome::Stopped(anyhow::Error::new(error));
                (found, task.await.unwrap_or_else(lost))
            }
        })
        .buffer_unordered(READERS);
    while let Some((found, outcome)) = reads.next().await {
        match outcome {
            Outcome::Stored => tally.stored += 1,
            Outcome::Known => tally.known += 1,
            Outcome::Aside => tally.aside += 1,
            Outcome::Refused(reason) => refuse(&bar, &mut tally, &found.path, &reason),
            // The store is at fault, not the file: the rest would fare no better.
            Outcome::Stopped(error) => {
                bar.abandon();
                return Err(error.context(format!("{}", found.path.display())));
            }
        }
        record.add(&found)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    record.finish();
    tally.print();
    Ok(if tally.refused == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn refuse(bar: &ProgressBar, tally: &mut Tally, path: &std::path::Path, reason: &str) {
    tally.refused += 1;
    bar.suspend(|| println!("{}: {reason}", path.display()));
}

impl Tally {
    fn print(&self) {
        println!(
            "{} stored, {} known already, {} kept aside (another source's), \
             {} passed over (done before the interruption), {} refused",
            self.stored, self.known, self.aside, self.skipped, self.refused
        );
    }
}

/// A file to import, and what tells whether it changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Found {
    path: PathBuf,
    length: u64,
    modified: u128,
}
