//! What is measured, by whom, and the figures of all rounds.

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// QIDO-RS studies, 200 distinct queries in turn.
    Search,
    /// WADO-RS metadata of a series of so many instances, as it is.
    Metadata(usize),
    /// The same, compressed by gzip if the server does.
    Compressed(usize),
    /// WADO-RS frames as stored, each of another instance.
    Frame,
    /// WADO-RS a study of 100 slices as stored.
    Study,
}

/// The lengths of the series whose metadata is asked for.
pub(crate) const SERIES: [usize; 2] = [100, 1000];

impl Work {
    pub(crate) fn all() -> Vec<Self> {
        let mut all = vec![Self::Search];
        all.extend(SERIES.map(Self::Metadata));
        all.extend(SERIES.map(Self::Compressed));
        all.extend([Self::Frame, Self::Study]);
        all
    }

    pub(crate) fn name(self) -> String {
        match self {
            Self::Search => "search".into(),
            Self::Metadata(count) => format!("metadata of {count}"),
            Self::Compressed(count) => format!("metadata of {count}, gzip"),
            Self::Frame => "frame".into(),
            Self::Study => "study".into(),
        }
    }

    /// Who is measured at it.
    pub(crate) fn targets(self) -> &'static [Target] {
        match self {
            Self::Frame | Self::Study => &[Target::Yingyun, Target::Orthanc, Target::Nginx],
            _ => &[Target::Yingyun, Target::Orthanc],
        }
    }
}

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Yingyun,
    /// Orthanc's DICOMweb plugin.
    Orthanc,
    /// nginx, the bytes of our answer as a static file.
    Nginx,
}

impl Target {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Yingyun => "Yingyun",
            Self::Orthanc => "Orthanc",
            Self::Nginx => "nginx",
        }
    }
}

/// A piece of work on so many connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) work: Work,
    pub(crate) connections: usize,
}

impl Case {
    pub(crate) fn name(self) -> String {
        match self.connections {
            1 => format!("{}, 1 connection", self.work.name()),
            count => format!("{}, {count} connections", self.work.name()),
        }
    }
}

/// One target at one case, a figure a round.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) case: Case,
    pub(crate) target: Target,
    /// Answers a second.
    pub(crate) rates: Vec<f64>,
    /// Bytes a second.
    pub(crate) bytes: Vec<f64>,
    /// Milliseconds within which 99 of 100 answers came.
    pub(crate) p99: Vec<f64>,
    /// Milliseconds of the server's processor time an answer.
    pub(crate) processor: Vec<f64>,
}

/// Everything measured.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) measured: Vec<Measured>,
}

impl Found {
    /// The figures of a target at a case, to be added to.
    pub(crate) fn of(&mut self, case: Case, target: Target) -> &mut Measured {
        let place = self
            .measured
            .iter()
            .position(|m| m.case == case && m.target == target);
        let place = place.unwrap_or_else(|| {
            self.measured.push(Measured {
                case,
                target,
                rates: Vec::new(),
                bytes: Vec::new(),
                p99: Vec::new(),
                processor: Vec::new(),
            });
            self.measured.len() - 1
        });
        &mut self.measured[place]
    }

    /// Answers a second of each round.
    pub(crate) fn rates(&self, case: Case, target: Target) -> Option<&[f64]> {
        let found = self.measured.iter();
        let mut found = found.filter(|m| m.case == case && m.target == target);
        found.next().map(|m| m.rates.as_slice())
    }
}
