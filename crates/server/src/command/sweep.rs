//! `sweep`: takes away what a crash left behind.

use std::{process::ExitCode, time::Duration};

use ingest::upkeep::{self, Age};

use super::progress;
use crate::house::House;

pub(crate) async fn run(house: House, older_than: Duration) -> anyhow::Result<ExitCode> {
    let bar = progress::counter("sweep");
    let age = Age {
        older_than,
        floor: house.sweep_floor(),
    };
    let swept = upkeep::sweep(&house.pair, house.clock.as_ref(), age, &mut |done| {
        progress::show(&bar, done);
    })
    .await?;
    bar.finish_and_clear();
    for key in &swept.foreign {
        println!("{key}: no object of ours, left alone");
    }
    println!(
        "{} orphans and {} unfinished uploads taken away, {} bytes freed",
        swept.orphans, swept.staging, swept.bytes
    );
    Ok(ExitCode::SUCCESS)
}
