//! `reindex`: rebuilds the index from the archive alone.

use std::process::ExitCode;

use ingest::upkeep;

use super::progress;
use crate::house::House;

pub(crate) async fn run(house: House) -> anyhow::Result<ExitCode> {
    let bar = progress::counter("reindex");
    let limits = house.scanner_limits();
    let reindexed = upkeep::reindex(&house.archive, &house.database, &limits, &mut |done| {
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
    Ok(ExitCode::SUCCESS)
}
