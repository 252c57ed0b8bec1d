//! The figures as a table for BASELINE.md.

use std::fmt::Write as _;

use anyhow::Result;
use peers::{Spread, machine, verdict};

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
        let Spread {
            median,
            lowest,
            highest,
        } = Spread::of(&case.rates);
        writeln!(
            text,
            "| {} | {} | {median:.0} | {lowest:.0} | {highest:.0} |",
            case.load.name(),
            case.target.name(),
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
        Some(Spread::of(&case.rates).median)
    };
    for (load, one, other, aim) in AIMS {
        let (Some(a), Some(b)) = (of(*load, *one), of(*load, *other)) else {
            continue;
        };
        let ratio = a / b;
        writeln!(
            text,
            "| {} | {} / {} | {ratio:.2} | {aim} | {} |",
            load.name(),
            one.name(),
            other.name(),
            verdict(ratio, *aim)
        )?;
    }
    Ok(text)
}
