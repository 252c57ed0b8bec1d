//! `jobs`: what waits, what runs, and what failed for good.

use std::process::ExitCode;

use database::jobs::State;
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use crate::{
    cli::{Common, JobsVerb},
    house::House,
};

/// What every verb takes.
pub(crate) fn common(verb: &JobsVerb) -> &Common {
    match verb {
        JobsVerb::List(list) => &list.common,
        JobsVerb::Retry(letters) | JobsVerb::Drop(letters) => &letters.common,
    }
}

pub(crate) async fn run(house: House, verb: JobsVerb) -> anyhow::Result<ExitCode> {
    let database = &house.database;
    match verb {
        JobsVerb::List(list) => {
            let state = list.dead.then_some(State::Dead);
            for job in database.list_jobs(state, list.limit).await? {
                let line = json!({
                    "institution": job.key.institution,
                    "kind": job.key.kind.as_str(),
                    "subject": job.key.subject,
                    "state": job.state.as_str(),
                    "due": job.due.format(&Rfc3339)?,
                    "attempts": job.attempts,
                    "last_error": job.last_error,
                });
                println!("{line}");
            }
        }
        JobsVerb::Retry(letters) => {
            let subject = letters.subject.as_deref();
            let retried = database.retry_dead_jobs(letters.kind, subject).await?;
            println!("{retried} dead letters are tried again");
        }
        JobsVerb::Drop(letters) => {
            let subject = letters.subject.as_deref();
            let dropped = database.drop_dead_jobs(letters.kind, subject).await?;
            println!("{dropped} dead letters taken away");
        }
    }
    Ok(ExitCode::SUCCESS)
}
