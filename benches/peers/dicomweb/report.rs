//! The figures as tables for BASELINE.md.

use std::fmt::Write as _;

use anyhow::Result;
use peers::{Spread, machine, verdict};

use crate::{
    Options,
    case::{Case, Found, Target, Work},
};

/// What was done, for who reads the figures only.
const METHOD: &str = "\
- Both archives hold the same objects and are not restarted between measurements; before, every request is
  asked of both once, and must have as many matches or about as many bytes.
- `wrk`, one thread, asks on connections that stay open, on the same cores. No login at either; ours writes
  its audit episodes.
- nginx (one process, `sendfile`, `open_file_cache`) serves the bytes of our answers as files.
- Orthanc keeps files in memory (`MaximumStorageCacheSize` 1024) and does not compress by default.";

/// What is aimed at: ours over another.
fn aims(work: Work) -> &'static [(Target, f64)] {
    match work {
        Work::Search => &[(Target::Orthanc, 30.0)],
        Work::Metadata(_) | Work::Compressed(_) => &[(Target::Orthanc, 20.0)],
        Work::Frame => &[(Target::Orthanc, 5.0), (Target::Nginx, 0.5)],
        Work::Study => &[(Target::Orthanc, 3.0), (Target::Nginx, 0.4)],
    }
}

pub(crate) fn table(options: &Options, found: &Found) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "## DICOMweb, side by side\n")?;
    writeln!(
        text,
        "{} studies, a series of 100 slices of 512 × 512 and one of 1,000 of 64 × 64; {} rounds of {} s \
         in turn, {}.\n\n{METHOD}\n",
        options.studies,
        options.rounds,
        options.seconds,
        machine()?
    )?;
    writeln!(
        text,
        "| case | target | median/s | lowest | highest | MB/s | p99 ms | processor ms |\n\
         |---|---|--:|--:|--:|--:|--:|--:|"
    )?;
    for (case, target) in rows(options, found) {
        let figures = found.measured.iter();
        let mut figures = figures.filter(|m| m.case == case && m.target == target);
        let Some(figures) = figures.next() else {
            continue;
        };
        let rates = Spread::of(&figures.rates);
        writeln!(
            text,
            "| {} | {} | {:.1} | {:.1} | {:.1} | {:.1} | {:.2} | {:.3} |",
            case.name(),
            target.name(),
            rates.median,
            rates.lowest,
            rates.highest,
            Spread::of(&figures.bytes).median / 1e6,
            Spread::of(&figures.p99).median,
            Spread::of(&figures.processor).median,
        )?;
    }
    ratios(&mut text, options, found)?;
    Ok(text)
}

/// Cases in the order of the table, and who was measured at each.
fn rows(options: &Options, found: &Found) -> Vec<(Case, Target)> {
    let mut rows = Vec::new();
    for work in Work::all() {
        for &connections in &options.connections {
            let case = Case { work, connections };
            let measured = |target: &&Target| found.rates(case, **target).is_some();
            let targets = work.targets().iter().filter(measured);
            rows.extend(targets.map(|target| (case, *target)));
        }
    }
    rows
}

fn ratios(text: &mut String, options: &Options, found: &Found) -> Result<()> {
    writeln!(
        text,
        "\nRatios of each round; of these the median and the ends.\n\n| case | ratio | median | \
         lowest | highest | aim | |\n|---|---|--:|--:|--:|--:|---|"
    )?;
    for (case, target) in rows(options, found) {
        let aim = aims(case.work).iter().find(|(other, _)| *other == target);
        let (Some((other, aim)), Some(own), Some(theirs)) = (
            aim,
            found.rates(case, Target::Yingyun),
            found.rates(case, target),
        ) else {
            continue;
        };
        let ratios: Vec<f64> = own
            .iter()
            .zip(theirs)
            .map(|(own, other)| own / other)
            .collect();
        let ratio = Spread::of(&ratios);
        writeln!(
            text,
            "| {} | Yingyun / {} | {:.2} | {:.2} | {:.2} | {aim} | {} |",
            case.name(),
            other.name(),
            ratio.median,
            ratio.lowest,
            ratio.highest,
            verdict(ratio.median, *aim)
        )?;
    }
    Ok(())
}
