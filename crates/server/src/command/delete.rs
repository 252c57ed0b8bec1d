//! `delete --study UID --reason TEXT`: a study and all its versions.

use std::process::ExitCode;

use ingest::upkeep::{self, Keeping};
use model::Operation;

use crate::{cli::Delete, house::House};

pub(crate) async fn run(house: House, delete: Delete) -> anyhow::Result<ExitCode> {
    let permit = house.operator(Operation::Delete)?;
    let keeping = Keeping {
        pair: &house.pair,
        audit: &house.database,
        clock: house.clock.as_ref(),
        identifiers: house.identifiers.as_ref(),
        floor: house.sweep_floor(),
    };
    let deleted = upkeep::delete(&keeping, &permit, &delete.study, &delete.reason).await?;
    println!(
        "{} objects of study {} deleted, {} of them without a row",
        deleted.objects, delete.study, deleted.orphans
    );
    if deleted.young > 0 {
        println!(
            "{} objects of it without a row are left: they may be on their way in. Delete again in \
             {} s, or while no server runs, before a reindex",
            deleted.young,
            house.sweep_floor().as_secs()
        );
    }
    Ok(ExitCode::SUCCESS)
}
