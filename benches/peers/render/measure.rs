//! The measurements and their rounds, in turn.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use peers::settle;

use crate::{
    Options,
    archives::{Archives, Running},
    case::{Case, Found, Lengths, Target},
    codecs::{Codec, Decoder},
    files::Files,
    load::{Answers, ask},
};

/// How long pictures are asked for again and again.
const AGAIN: Duration = Duration::from_secs(1);

/// What is measured in one go.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Pictures for the first time and again, on so many connections.
    Pictures(Target, usize),
    /// Pictures by so many threads, on so many connections.
    Cores(usize, usize),
    File(Codec, Decoder),
}

impl Step {
    fn cases(self) -> Vec<(Case, Target)> {
        match self {
            Self::Pictures(target, count) => {
                vec![(Case::First(count), target), (Case::Again(count), target)]
            }
            Self::Cores(renders, count) => vec![(Case::Cores(count), Target::Renders(renders))],
            Self::File(codec, decoder) => vec![(Case::File(codec), Target::Program(decoder))],
        }
    }
}

fn steps(options: &Options) -> Vec<Step> {
    let mut steps = Vec::new();
    for &count in &options.connections {
        for target in [
            Target::Rendered,
            Target::OrthancRest,
            Target::Frame,
            Target::OrthancDicomWeb,
        ] {
            steps.push(Step::Pictures(target, count));
        }
    }
    // One connection waits for each picture: it never keeps two threads busy.
    for &count in options.connections.iter().filter(|count| **count > 1) {
        steps.extend([Step::Cores(1, count), Step::Cores(2, count)]);
    }
    for codec in Codec::ALL {
        steps.push(Step::File(codec, Decoder::Yingyun));
        steps.extend(codec.peers().iter().map(|peer| Step::File(codec, *peer)));
    }
    let wanted = |(case, target): (Case, Target)| {
        let name = format!("{} {}", case.name(), target.name()).to_lowercase();
        name.contains(&options.only.to_lowercase())
    };
    steps.retain(|step| step.cases().into_iter().any(wanted));
    steps
}

/// Measures everything in every round; the order turns from round to round.
pub(crate) fn all(options: &Options) -> Result<Found> {
    let steps = steps(options);
    ensure!(!steps.is_empty(), "no case is named so");
    let mut codecs = Vec::new();
    for step in &steps {
        if let Step::File(codec, _) = step
            && !codecs.contains(codec)
        {
            codecs.push(*codec);
        }
    }
    let files = Files::make(options.yingyun.clone(), options.frames, &codecs)?;
    let over_http = steps.iter().any(|step| !matches!(step, Step::File(..)));
    let mut archives = match over_http {
        true => Some(Archives::fill(options.yingyun.clone(), options.objects)?),
        false => None,
    };
    settle()?;
    let mut found = Found::default();
    for codec in codecs {
        found.files.push((codec, files.length(codec)?));
    }
    for round in 0..options.rounds {
        for at in 0..steps.len() {
            let step = steps[(at + round * 7) % steps.len()];
            let figures = match step {
                Step::File(codec, decoder) => vec![(files.rate(codec, decoder)?, None)],
                Step::Pictures(target, count) => {
                    let archives = archives.as_mut().context("no archives")?;
                    pictures(archives, target, count, &mut found)?
                }
                Step::Cores(renders, count) => {
                    let archives = archives.as_mut().context("no archives")?;
                    vec![cores(archives, Target::Renders(renders), count)?]
                }
            };
            for ((case, target), (rate, processor)) in step.cases().into_iter().zip(figures) {
                let (case_name, name) = (case.name(), target.name());
                eprintln!("round {}: {case_name}: {name}: {rate:.0}/s", round + 1);
                found.add(case, target, rate, processor);
            }
        }
    }
    alike(&found)?;
    Ok(found)
}

/// Pictures of one window and quality are about as long, whoever made them: else the work was not
/// the same.
fn alike(found: &Found) -> Result<()> {
    let means = found.pictures.iter().map(|(_, lengths)| lengths.mean);
    let (least, most) = (means.clone().min(), means.max());
    if let (Some(least), Some(most)) = (least, most) {
        ensure!(
            most * 20 <= least * 21,
            "pictures of {least} and of {most} bytes are not the same work"
        );
    }
    Ok(())
}

/// Pictures a second, and milliseconds of the server's processor time a picture.
type Figures = (f64, Option<f64>);

/// A target just started that has made pictures, and the paths of those it has not made.
fn warm(
    archives: &mut Archives,
    target: Target,
    connections: usize,
) -> Result<(Running, Vec<String>)> {
    let running = archives.start(target)?;
    let others = archives.warm_up(target);
    ask(&running.url, &others, connections, Duration::ZERO)?;
    Ok((running, archives.pictures(target)))
}

/// Each picture once from a server that was just started, then all of them again.
fn pictures(
    archives: &mut Archives,
    target: Target,
    connections: usize,
    found: &mut Found,
) -> Result<Vec<Figures>> {
    let (running, paths) = warm(archives, target, connections)?;
    let (first, answers) = one(&running, &paths, connections, Duration::ZERO, From::Pixels)?;
    let (again, _) = one(&running, &paths, connections, AGAIN, From::Cache)?;
    running.end()?;
    if !found.pictures.iter().any(|(of, _)| *of == target) {
        let lengths = &answers.lengths;
        found.pictures.push((
            target,
            Lengths {
                shortest: lengths.iter().copied().min().unwrap_or_default(),
                mean: lengths.iter().sum::<usize>() / lengths.len().max(1),
                longest: lengths.iter().copied().max().unwrap_or_default(),
            },
        ));
    }
    Ok(vec![first, again])
}

/// Each picture again and again, made from pixels each time.
fn cores(archives: &mut Archives, target: Target, connections: usize) -> Result<Figures> {
    let (running, paths) = warm(archives, target, connections)?;
    let (figures, _) = one(&running, &paths, connections, AGAIN, From::Pixels)?;
    running.end()?;
    Ok(figures)
}

/// Where all pictures of a measurement must come from at ours.
#[derive(Clone, Copy, Debug)]
enum From {
    Cache,
    Pixels,
}

fn one(
    running: &Running,
    paths: &[String],
    connections: usize,
    at_least: Duration,
    from: From,
) -> Result<(Figures, Answers)> {
    let (before, used) = (running.counted()?, running.processor()?);
    let answers = ask(&running.url, paths, connections, at_least)?;
    let used = running.processor()?.saturating_sub(used);
    let count = answers.lengths.len();
    if let (Some(before), Some(after)) = (before, running.counted()?) {
        let made = [after[0] - before[0], after[1] - before[1]];
        let expected = match from {
            From::Cache => [count as u64, 0],
            From::Pixels => [0, count as u64],
        };
        ensure!(
            made == expected,
            "of {count} pictures {made:?} came from cache and pixels"
        );
    }
    let rate = count as f64 / answers.took.as_secs_f64();
    let processor = used.as_secs_f64() * 1000.0 / count as f64;
    Ok(((rate, Some(processor)), answers))
}
