//! What an archive of five years holds: which study has which series, when, of whom.

use serde_json::json;
use time::{Date, Duration, Month};
use ulid::Ulid;

use crate::people::Chance;

/// A study of the index.
#[derive(Clone, Debug)]
pub(crate) struct Study {
    pub(crate) number: u64,
    pub(crate) date: String,
    pub(crate) time: String,
    pub(crate) patient: u64,
    pub(crate) modality: &'static str,
    pub(crate) series: u64,
    /// Of each series.
    pub(crate) instances: u64,
}

/// Of a thousand studies so many, each with so many series of so many instances: 1.8 series and 20
/// instances a study.
const MIX: &[(u64, &str, u64, u64)] = &[
    (330, "DX", 1, 2),
    (170, "CR", 1, 2),
    (200, "US", 1, 6),
    (195, "CT", 3, 18),
    (78, "MR", 5, 15),
    (3, "CT", 4, 140),
    (10, "XA", 2, 20),
    (9, "MG", 1, 4),
    (3, "NM", 1, 3),
    (2, "PT", 3, 100),
];

const DAYS: u64 = 5 * 365;

/// Patients have two studies on the average.
pub(crate) fn patients(studies: u64) -> u64 {
    (studies / 2).max(1)
}

/// The day so many days after the archive began.
pub(crate) fn day(days: u64) -> String {
    let first = Date::from_calendar_date(2021, Month::January, 1).unwrap_or(Date::MIN);
    let day = first + Duration::days(i64::try_from(days).unwrap_or_default());
    format!(
        "{:04}{:02}{:02}",
        day.year(),
        u8::from(day.month()),
        day.day()
    )
}

/// The last day of the archive.
pub(crate) fn today() -> String {
    day(DAYS - 1)
}

impl Study {
    /// The study of this number, of so many in all: they come in the order of their dates.
    pub(crate) fn new(number: u64, of: u64) -> Self {
        let mut chance = Chance::new(number);
        let mut left = chance.below(1000);
        let (mut modality, mut series, mut instances) = ("DX", 1, 2);
        for (weight, a, b, c) in MIX {
            if left < *weight {
                (modality, series, instances) = (a, *b, *c);
                break;
            }
            left -= weight;
        }
        let second = 6 * 3600 + chance.below(14 * 3600);
        Self {
            number,
            date: day(number * DAYS / of.max(1)),
            time: format!(
                "{:02}{:02}{:02}.000000",
                second / 3600,
                second / 60 % 60,
                second % 60
            ),
            patient: chance.below(patients(of)),
            modality,
            series,
            instances,
        }
    }

    pub(crate) fn uid(&self) -> String {
        format!(
            "1.2.826.0.1.3680043.10.1.{:010}",
            1_000_000_000 + self.number
        )
    }

    pub(crate) fn series_uid(&self, series: u64) -> String {
        format!("{}.{series}", self.uid())
    }

    pub(crate) fn accession(&self) -> String {
        format!("R{}{:07}", &self.date[2..4], self.number)
    }

    pub(crate) fn ulid(&self, instance: u64) -> String {
        Ulid::from_parts(1_600_000_000_000 + self.number, instance.into()).to_string()
    }

    /// The study's attributes.
    pub(crate) fn attributes(&self) -> String {
        json!({
            "00080020": {"vr": "DA", "Value": [self.date]},
            "00080030": {"vr": "TM", "Value": [self.time]},
            "00080050": {"vr": "SH", "Value": [self.accession()]},
            "00081030": {"vr": "LO", "Value": [format!("{} examination", self.modality)]},
            "0020000D": {"vr": "UI", "Value": [self.uid()]},
            "00200010": {"vr": "SH", "Value": [self.number.to_string()]},
        })
        .to_string()
    }
}

/// The id of a patient.
pub(crate) fn patient_id(patient: u64) -> String {
    format!("{:08}", 10_000_000 + patient)
}
