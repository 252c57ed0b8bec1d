//! The figures as tables for BASELINE.md.

use std::fmt::Write as _;

use anyhow::Result;
use peers::{Spread, machine, verdict};

use crate::{
    Options,
    case::{Case, Found, Lengths, Measured, Target},
    codecs::{Codec, Decoder},
};

/// What was done, for who reads the figures only.
const METHOD: &str = "\
- First time: each server is started for it and renders 8 other pictures; then each picture is asked for
  once. All files are in the system's page cache. Ours counts in its metrics that every picture was made
  from pixels, or the run fails.
- Again: the same pictures in turn, for a second. Ours counts that every one came from its cache. Orthanc
  keeps files in memory (`MaximumStorageCacheSize` 1024), but no pictures.
- Threads: ours without a picture cache, `limits.renders` 1 and 2, each picture in turn, for a second. The
  client runs on the same cores, so that two are never free for two threads.
- Files: one process a file, from its start to its end, files in memory. Peers write the samples to memory,
  ours digests them (SHA-256). Before, all must agree on the samples, and where nothing is lost on those
  that were encoded. `dcmdjpeg` runs with `+cn`: samples as they are coded, which all others give.";

/// A ratio that must be reached: ours over the best of others, in the same round.
struct Aim {
    case: Case,
    own: Target,
    others: Vec<Target>,
    aim: f64,
}

fn aims(options: &Options) -> Vec<Aim> {
    let mut aims = Vec::new();
    let mut add = |case, own, others: &[Target], aim| {
        aims.push(Aim {
            case,
            own,
            others: others.to_vec(),
            aim,
        });
    };
    let orthanc = [Target::OrthancRest, Target::OrthancDicomWeb];
    for own in [Target::Rendered, Target::Frame] {
        for &count in &options.connections {
            add(Case::First(count), own, &orthanc, 6.0);
        }
        for &count in &options.connections {
            add(Case::Again(count), own, &orthanc, 20.0);
        }
    }
    for &count in &options.connections {
        let (one, two) = (Target::Renders(1), Target::Renders(2));
        add(Case::Cores(count), two, &[one], 1.8);
    }
    for codec in Codec::ALL {
        for peer in codec.peers() {
            let own = Target::Program(Decoder::Yingyun);
            add(Case::File(codec), own, &[Target::Program(*peer)], 2.0);
        }
    }
    aims
}

impl Aim {
    /// The ratio of each round; none where a side was not measured.
    fn ratios(&self, found: &Found) -> Option<Vec<f64>> {
        let own = found.rates(self.case, self.own)?;
        let others: Vec<&[f64]> = self
            .others
            .iter()
            .map(|other| found.rates(self.case, *other))
            .collect::<Option<_>>()?;
        let best = |round: usize| others.iter().map(|rates| rates[round]).fold(0.0, f64::max);
        let ratios = own.iter().enumerate().map(|(round, own)| own / best(round));
        Some(ratios.collect())
    }

    fn name(&self) -> String {
        let other = match &self.others[..] {
            [one] => one.name(),
            _ => "Orthanc's better".into(),
        };
        format!("{} / {other}", self.own.name())
    }
}

pub(crate) fn table(options: &Options, found: &Found) -> Result<String> {
    let mut text = String::new();
    writeln!(text, "## Rendering, side by side\n")?;
    writeln!(
        text,
        "{} CT instances of 512 × 512 × 16 bit in both archives, files of {} frames of the same \
         size, {} rounds in turn, {}. Pictures or frames a second; processor time of the server \
         in ms a picture.\n",
        options.objects,
        options.frames,
        options.rounds,
        machine()?
    )?;
    writeln!(text, "{METHOD}\n")?;
    lengths(&mut text, found)?;
    writeln!(
        text,
        "| case | target | median | lowest | highest | processor |\n|---|---|--:|--:|--:|--:|"
    )?;
    let mut measured: Vec<&Measured> = found.measured.iter().collect();
    measured.sort_by_key(|m| place(m.case));
    for m in measured {
        let rates = Spread::of(&m.rates);
        let processor = match m.processor.is_empty() {
            true => "–".to_owned(),
            false => format!("{:.2}", Spread::of(&m.processor).median),
        };
        writeln!(
            text,
            "| {} | {} | {:.0} | {:.0} | {:.0} | {processor} |",
            m.case.name(),
            m.target.name(),
            rates.median,
            rates.lowest,
            rates.highest
        )?;
    }
    writeln!(
        text,
        "\nRatios of each round; of these the median and the ends.\n\n| case | ratio | median | \
         lowest | highest | aim | |\n|---|---|--:|--:|--:|--:|---|"
    )?;
    for aim in aims(options) {
        let Some(ratios) = aim.ratios(found) else {
            continue;
        };
        let ratio = Spread::of(&ratios);
        writeln!(
            text,
            "| {} | {} | {:.2} | {:.2} | {:.2} | {} | {} |",
            aim.case.name(),
            aim.name(),
            ratio.median,
            ratio.lowest,
            ratio.highest,
            aim.aim,
            verdict(ratio.median, aim.aim)
        )?;
    }
    Ok(text)
}

/// Where a case stands in the table.
fn place(case: Case) -> (usize, usize) {
    match case {
        Case::First(count) => (0, count),
        Case::Again(count) => (1, count),
        Case::Cores(count) => (2, count),
        Case::File(codec) => (3, codec as usize),
    }
}

/// What shows that the work is alike: pictures of one window and quality, files decoded to one digest.
fn lengths(text: &mut String, found: &Found) -> Result<()> {
    if !found.pictures.is_empty() {
        writeln!(
            text,
            "| JPEG of | mean bytes | shortest | longest |\n|---|--:|--:|--:|"
        )?;
        for (target, lengths) in &found.pictures {
            let Lengths {
                shortest,
                mean,
                longest,
            } = lengths;
            writeln!(
                text,
                "| {} | {mean} | {shortest} | {longest} |",
                target.name()
            )?;
        }
        writeln!(text)?;
    }
    if !found.files.is_empty() {
        writeln!(text, "| file | bytes |\n|---|--:|")?;
        for (codec, bytes) in &found.files {
            writeln!(text, "| {} | {bytes} |", codec.name())?;
        }
        writeln!(text)?;
    }
    Ok(())
}
