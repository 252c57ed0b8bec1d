//! `delete --study UID --reason TEXT`: a study and all its versions.

use std::process::ExitCode;

use ingest::upkeep::{self, Keeping};
use model::Operation;

use crate::{cli::Delete, house::House};

pub(crate) async fn run(house: House, delete: Delete) -> anyhow::Result<ExitCode> {
    let permit = house.operator(Operation::Delete)?;
    let keeping = Keeping {
        archive: &house.archive,
        database: &house.database,
        audit: &house.database,
        clock: house.clock.as_ref(),
        identifiers: house.identifiers.as_ref(),
    };
    let deleted = upkeep::delete(&keeping, &permit, &delete.study, &delete.reason).await?;
    println!(
        "{} objects of study {} deleted",
        deleted.objects, delete.study
    );
    Ok(ExitCode::SUCCESS)
}
