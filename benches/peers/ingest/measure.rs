//! The cases and their rounds, in turn.

use anyhow::Result;
use peers::settle;

use crate::{
    Options,
    load::{dcmsend, lean},
    series::{Files, Template},
    target::{Target, Targets},
};

/// Who sends, how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Load {
    /// So many `dcmsend` at once with `TCP_NODELAY=1`.
    Dcmsend(usize),
    /// One `dcmsend`, nothing tuned.
    Untuned,
    /// The lean generator on so many associations.
    Lean(usize),
}

impl Load {
    pub(crate) fn name(self) -> String {
        match self {
            Self::Dcmsend(1) => "dcmsend, 1 association, TCP_NODELAY=1".into(),
            Self::Dcmsend(n) => format!("dcmsend, {n} associations, TCP_NODELAY=1"),
            Self::Untuned => "dcmsend, 1 association, nothing tuned".into(),
            Self::Lean(n) => format!("lean generator, {n} associations"),
        }
    }
}

/// One load on one target: objects a second, a round each.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) load: Load,
    pub(crate) target: Target,
    pub(crate) rates: Vec<f64>,
}

const CASES: &[(Load, &[Target])] = &[
    (
        Load::Dcmsend(1),
        &[
            Target::Yingyun,
            Target::Orthanc,
            Target::Storescp,
            Target::Floor,
        ],
    ),
    (
        Load::Dcmsend(4),
        &[
            Target::Yingyun,
            Target::Orthanc,
            Target::Storescp,
            Target::Floor,
        ],
    ),
    (Load::Untuned, &[Target::Yingyun, Target::OrthancUntuned]),
    (
        Load::Lean(8),
        &[
            Target::Yingyun,
            Target::YingyunPostgres,
            Target::Orthanc,
            Target::Storescp,
            Target::Floor,
        ],
    ),
];

/// Measures every case in every round; the order turns from round to round.
pub(crate) fn all(options: &Options) -> Result<Vec<Case>> {
    let targets = Targets::start(options.yingyun.clone())?;
    let template = Template::new()?;
    let mut cases: Vec<Case> = CASES
        .iter()
        .flat_map(|(load, targets)| targets.iter().map(|target| (*load, *target)))
        .map(|(load, target)| Case {
            load,
            target,
            rates: Vec::new(),
        })
        .filter(|case| {
            let name = format!("{} {}", case.load.name(), case.target.name());
            name.to_lowercase().contains(&options.only.to_lowercase())
        })
        .collect();
    for case in &cases {
        one(&template, 16, &targets, case)?;
    }
    for round in 0..options.rounds {
        let count = cases.len().max(1);
        for step in 0..cases.len() {
            let at = (step + round) % count;
            let objects = match cases[at].load {
                Load::Untuned => options.untuned_objects,
                _ => options.objects,
            };
            let rate = one(&template, objects, &targets, &cases[at])?;
            let case = &mut cases[at];
            eprintln!(
                "round {}: {}: {}: {rate:.0}/s",
                round + 1,
                case.load.name(),
                case.target.name()
            );
            case.rates.push(rate);
        }
    }
    Ok(cases)
}

/// Objects a second.
fn one(template: &Template, objects: usize, targets: &Targets, case: &Case) -> Result<f64> {
    let address = targets.address(case.target);
    let took = match case.load {
        Load::Dcmsend(clients) => {
            let files = Files::write(template, objects, clients)?;
            settle()?;
            dcmsend(&files, address, true)?
        }
        Load::Untuned => {
            let files = Files::write(template, objects, 1)?;
            settle()?;
            dcmsend(&files, address, false)?
        }
        Load::Lean(associations) => {
            settle()?;
            lean(template, objects, associations, address)?
        }
    };
    Ok(objects as f64 / took.as_secs_f64())
}
