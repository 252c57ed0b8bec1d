//! The figures as a table for BASELINE.md.

use std::{fmt::Write as _, fs};

use anyhow::{Context, Result};

use crate::{
    Options,
    measure::{Case, Load},
    target::Target,
};

/// What Yingyun must reach against another target under a load.
const AIMS: &[(Load, Target, Target, f64)] = &[
    (Load::Dcmsend(1), Target::Yingyun, Target::Orthanc, 2.2),
    (Load::Dcmsend(4), Target::Yingyun, Target::Orthanc, 2.2),
    (Load::Untuned, Target::Yingyun, Target::OrthancUntuned, 20.0),
    (Load::Lean(8), Target::Yingyun, Target::Orthanc, 3.5),
    (Load::Dcmsend(1), Target::Yingyun, Target::Storescp, 0.6),
    (Load::Dcmsend(4), Target::Yingyun, Target::Storescp, 0.6),
    (Load::Lean(8), Target::Yingyun, Target::Storescp, 0.6),
    (Load::Dcmsend(1), Target::Yingyun, Target::Floor, 0.85),
    (Load::Dcmsend(4), Target::Yingyun, Target::Floor, 0.85),
    (Load::Lean(8), Target::Yingyun, Target::Floor, 0.85),
    (Load::Lean(8), Target::YingyunPostgres, Target::Yingyun, 0.8),
];

fn median(rates: &[f64]) -> f64 {
    let mut sorted = rates.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

pub(crate) fn table(options: &Options, cases: &[Case]) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "## Ingest, side by side\n")?;
    writeln!(
        text,
        "{} CT instances of 512 × 512 × 16 bit a measurement ({} where nothing is tuned), {} \
         rounds in turn, fresh UIDs, {}. Objects a second.\n",
        options.objects,
        options.untuned_objects,
        options.rounds,
        machine()?
    )?;
    writeln!(
        text,
        "| load | target | median | lowest | highest |\n|---|---|--:|--:|--:|"
    )?;
    for case in cases {
        let low = case.rates.iter().copied().fold(f64::INFINITY, f64::min);
        let high = case.rates.iter().copied().fold(0.0, f64::max);
        writeln!(
            text,
            "| {} | {} | {:.0} | {low:.0} | {high:.0} |",
            case.load.name(),
            case.target.name(),
            median(&case.rates)
        )?;
    }
    writeln!(
        text,
        "\n| load | ratio | measured | aim | |\n|---|---|--:|--:|---|"
    )?;
    let of = |load: Load, target: Target| {
        let case = cases
            .iter()
            .find(|c| c.load == load && c.target == target)?;
        Some(median(&case.rates))
    };
    for (load, one, other, aim) in AIMS {
        let (Some(a), Some(b)) = (of(*load, *one), of(*load, *other)) else {
            continue;
        };
        let ratio = a / b;
        let verdict = if ratio >= *aim { "reached" } else { "missed" };
        writeln!(
            text,
            "| {} | {} / {} | {ratio:.2} | {aim} | {verdict} |",
            load.name(),
            one.name(),
            other.name()
        )?;
    }
    Ok(text)
}

/// Cores and memory, as far as they explain the figures.
fn machine() -> Result<String> {
    let cores = std::thread::available_parallelism()?;
    let memory = fs::read_to_string("/proc/meminfo")?;
    let total: u64 = memory
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| rest.trim().split(' ').next())
        .context("no MemTotal")?
        .parse()?;
    Ok(format!(
        "{cores} cores, {} GiB, clients on the same machine",
        total >> 20
    ))
}
