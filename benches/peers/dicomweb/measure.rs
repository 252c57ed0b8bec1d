//! The measurements and their rounds, in turn.

use std::time::Duration;

use anyhow::{Result, ensure};
use peers::settle;

use crate::{
    Options,
    archives::Archives,
    case::{Case, Found, Target, Work},
    load::{Seen, ask},
};

fn steps(options: &Options) -> Vec<(Case, Target)> {
    let mut steps = Vec::new();
    for work in Work::all() {
        for &connections in &options.connections {
            let case = Case { work, connections };
            steps.extend(work.targets().iter().map(|target| (case, *target)));
        }
    }
    steps.retain(|(case, _)| case.name().contains(&options.only));
    steps
}

/// Measures everything in every round; the order turns from round to round.
pub(crate) fn all(options: &Options) -> Result<Found> {
    let steps = steps(options);
    ensure!(!steps.is_empty(), "no case is named so");
    let mut archives = Archives::fill(options.yingyun.clone(), options.studies)?;
    for work in Work::all() {
        if steps.iter().any(|(case, _)| case.work == work) {
            archives.alike(work)?;
        }
    }
    settle()?;
    let mut found = Found::default();
    for round in 0..options.rounds {
        for at in 0..steps.len() {
            let (case, target) = steps[(at + round * 7) % steps.len()];
            let (seen, used) = once(&mut archives, case, target, options.seconds)?;
            let rate = seen.answers as f64 / seen.seconds;
            eprintln!(
                "round {}: {}: {}: {rate:.1}/s",
                round + 1,
                case.name(),
                target.name()
            );
            let figures = found.of(case, target);
            figures.rates.push(rate);
            figures.bytes.push(seen.bytes as f64 / seen.seconds);
            figures.p99.push(seen.p99);
            let milliseconds = used.as_secs_f64() * 1000.0;
            figures.processor.push(milliseconds / seen.answers as f64);
        }
    }
    Ok(found)
}

/// Seconds after which few answers are taken for what can be had.
const LONGEST: u64 = 40;

/// One measurement, and the server's processor time in it; a longer one where hardly an answer came.
fn once(
    archives: &mut Archives,
    case: Case,
    target: Target,
    seconds: u64,
) -> Result<(Seen, Duration)> {
    let requests = archives.requests(case.work, target);
    let mut long = seconds;
    loop {
        let used = archives.processor(target)?;
        let seen = ask(archives.scratch.path(), &requests, case.connections, long)?;
        let used = archives.processor(target)?.saturating_sub(used);
        let enough = seen.answers >= 2 * case.connections as u64;
        if enough || (long >= LONGEST && seen.answers > 0) {
            return Ok((seen, used));
        }
        ensure!(long < LONGEST, "nothing was answered in {long} s");
        long = (long * 5).min(LONGEST);
    }
}
