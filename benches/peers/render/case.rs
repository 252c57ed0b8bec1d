//! What is measured, by whom, and the figures of all rounds.

use crate::codecs::{Codec, Decoder};

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    /// Each picture once, on so many connections, from a server just started.
    First(usize),
    /// The same pictures again and again.
    Again(usize),
    /// Each picture again and again, nothing kept, so many threads that decode.
    Cores(usize),
    /// A whole file, decoded by one process.
    File(Codec),
}

impl Case {
    pub(crate) fn name(self) -> String {
        let on = |count| match count {
            1 => "1 connection".to_owned(),
            count => format!("{count} connections"),
        };
        match self {
            Self::First(count) => format!("first time, {}", on(count)),
            Self::Again(count) => format!("again, {}", on(count)),
            Self::Cores(count) => format!("threads, {}", on(count)),
            Self::File(codec) => format!("file, {}", codec.name()),
        }
    }
}

/// Who does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Ours, `…/instances/…/rendered`.
    Rendered,
    /// Ours, `…/instances/…/frames/1/rendered`.
    Frame,
    /// Orthanc, `/instances/…/frames/0/rendered`.
    OrthancRest,
    /// Orthanc's DICOMweb plugin, `…/instances/…/rendered`.
    OrthancDicomWeb,
    /// Ours with `limits.renders` of that.
    Renders(usize),
    /// A program.
    Program(Decoder),
}

impl Target {
    pub(crate) fn name(self) -> String {
        match self {
            Self::Rendered => "Yingyun, /rendered".into(),
            Self::Frame => "Yingyun, /frames/1/rendered".into(),
            Self::OrthancRest => "Orthanc, REST /frames/0/rendered".into(),
            Self::OrthancDicomWeb => "Orthanc, DICOMweb /rendered".into(),
            Self::Renders(count) => format!("Yingyun, renders = {count}"),
            Self::Program(decoder) => decoder.name().into(),
        }
    }
}

/// One case of one target.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) case: Case,
    pub(crate) target: Target,
    /// Pictures or frames a second, a round each.
    pub(crate) rates: Vec<f64>,
    /// Milliseconds of processor time that the server took a picture, a round each; of programs none.
    pub(crate) processor: Vec<f64>,
}

/// How long pictures are, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lengths {
    pub(crate) shortest: usize,
    pub(crate) mean: usize,
    pub(crate) longest: usize,
}

/// All that a run found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) measured: Vec<Measured>,
    pub(crate) pictures: Vec<(Target, Lengths)>,
    /// Bytes of the encoded files.
    pub(crate) files: Vec<(Codec, u64)>,
}

impl Found {
    pub(crate) fn add(&mut self, case: Case, target: Target, rate: f64, processor: Option<f64>) {
        let at = self
            .measured
            .iter()
            .position(|m| m.case == case && m.target == target);
        let at = at.unwrap_or_else(|| {
            self.measured.push(Measured {
                case,
                target,
                rates: Vec::new(),
                processor: Vec::new(),
            });
            self.measured.len() - 1
        });
        self.measured[at].rates.push(rate);
        self.measured[at].processor.extend(processor);
    }

    /// The rates of a case of a target, a round each; none: it was not measured.
    pub(crate) fn rates(&self, case: Case, target: Target) -> Option<&[f64]> {
        let found = self
            .measured
            .iter()
            .find(|m| m.case == case && m.target == target)?;
        Some(&found.rates)
    }
}
