//! `reindex`: rebuilds the index from the archive alone.

use std::process::ExitCode;

use ingest::upkeep::{self, Unread};

use super::progress;
use crate::house::House;

pub(crate) async fn run(house: House, unread: Unread) -> anyhow::Result<ExitCode> {
    let bar = progress::counter("reindex");
    let limits = house.scanner_limits();
    let reindexed = upkeep::reindex(&house.pair, &limits, unread, &mut |done| {
        progress::show(&bar, done);
    })
    .await?;
    bar.finish_and_clear();
    for (key, reason) in &reindexed.unreadable {
        println!("{key}: {reason}");
    }
    println!(
        "{} objects indexed, {} copies, {} rows without an object taken out, {} unreadable",
        reindexed.indexed,
        reindexed.copies,
        reindexed.forgotten,
        reindexed.unreadable.len()
    );
    if reindexed.complete {
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "the index is not complete: mend or move what is unreadable and has no row, or give it up \
         with --give-up-unreadable; until then sweep takes nothing"
    );
    Ok(ExitCode::FAILURE)
}
