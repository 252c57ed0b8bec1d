//! `rejected list`, `restore`, `remove`: what was rejected and is still kept (docs/adr/0014).

use std::{process::ExitCode, time::Duration};

use database::Scope;
use ingest::upkeep::{self, Keeping};
use model::{ObjectKey, Operation, Rejection};
use time::format_description::well_known::Rfc3339;

use crate::{cli::RejectedVerb, house::House};

/// Rows read at once.
const BATCH: u32 = 500;

pub(crate) async fn run(house: House, verb: RejectedVerb) -> anyhow::Result<ExitCode> {
    match verb {
        RejectedVerb::List(_) => list(&house).await,
        RejectedVerb::Restore(restore) => {
            let scope = Scope {
                study: restore.study,
                series: restore.series,
                sop: restore.instance,
            };
            let permit = house.operator(Operation::Delete)?;
            let ingest = &house.ingest;
            let restored = ingest.restore(&permit, &house.database, &scope).await?;
            println!("{restored} objects of study {} restored", scope.study);
            Ok(if restored > 0 {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            })
        }
        RejectedVerb::Remove(_) => remove(&house).await,
    }
}

async fn list(house: &House) -> anyhow::Result<ExitCode> {
    let mut after: Option<ObjectKey> = None;
    loop {
        let rows = house.database.rejected(after.as_ref(), BATCH).await?;
        let Some(last) = rows.last() else {
            return Ok(ExitCode::SUCCESS);
        };
        after = Some(last.key.clone());
        for row in rows {
            println!("{},{},{}", row.key, row.rejection, row.at.format(&Rfc3339)?);
        }
    }
}

async fn remove(house: &House) -> anyhow::Result<ExitCode> {
    let permit = house.operator(Operation::Delete)?;
    let keeping = Keeping {
        pair: &house.pair,
        audit: &house.database,
        clock: house.clock.as_ref(),
        identifiers: house.identifiers.as_ref(),
        floor: house.sweep_floor(),
    };
    let kept = &house.config.rejection;
    let keep = |rejection: Rejection| {
        let days = match rejection {
            Rejection::Quality => kept.quality_days,
            Rejection::PatientSafety => kept.patient_safety_days,
            Rejection::WorklistEntry => kept.worklist_entry_days,
            Rejection::RetentionExpired => kept.retention_expired_days,
        };
        Duration::from_secs(u64::from(days) * 24 * 60 * 60)
    };
    let removed = upkeep::remove_rejected(&keeping, &permit, keep).await?;
    println!(
        "{} rejected objects removed, {} bytes",
        removed.objects, removed.bytes
    );
    Ok(ExitCode::SUCCESS)
}
