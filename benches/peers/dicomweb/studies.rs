//! What both archives hold: many studies of one small instance, and two series to retrieve.

use anyhow::Result;
use testkit::{
    fixture::{Ct, Dataset, Object, Syntax, fresh_uid, slices},
    peer::EXPLICIT,
};

const SECONDARY_CAPTURE: &str = "1.2.840.10008.5.1.4.1.1.7";
const MODALITIES: [&str; 5] = ["CT", "MR", "US", "DX", "CR"];
const FAMILIES: [(&str, &[u8]); 8] = [
    ("Wang", b"\xCD\xF5"),
    ("Li", b"\xC0\xEE"),
    ("Zhang", b"\xD5\xC5"),
    ("Liu", b"\xC1\xF5"),
    ("Chen", b"\xB3\xC2"),
    ("Yang", b"\xD1\xEE"),
    ("Huang", b"\xBB\xC6"),
    ("Zhao", b"\xD5\xD4"),
];
/// Days that the studies are spread over, from 2024-01-01 on, in months of 28.
const DAYS: usize = 28 * 24;

/// What the searches know of a study.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) patient_id: String,
    pub(crate) accession: String,
    pub(crate) date: String,
    pub(crate) modality: &'static str,
    /// `Zhang^S0042`, the alphabetic group.
    pub(crate) name: String,
}

/// The `number`th study to be searched.
pub(crate) fn known(number: usize) -> Known {
    let day = number * 37 % DAYS;
    let (year, month) = (2024 + day / (28 * 12), day / 28 % 12 + 1);
    Known {
        patient_id: format!("P{:06}", number / 2),
        accession: format!("A{number:07}"),
        date: format!("{year}{month:02}{:02}", day % 28 + 1),
        modality: MODALITIES[number % MODALITIES.len()],
        name: format!("{}^S{:04}", FAMILIES[number / 2 % 8].0, number / 2 % 10_000),
    }
}

/// Its only instance: a header, no pixels.
pub(crate) fn small(number: usize) -> Result<Vec<u8>> {
    let of = known(number);
    let mut name = format!("{}=", of.name).into_bytes();
    name.extend(FAMILIES[number / 2 % 8].1);
    name.extend(b"^\xC8\xFD");
    let (sop, study, series) = (fresh_uid()?, fresh_uid()?, fresh_uid()?);
    let dataset = Dataset::default()
        .text(0x0008_0005, "CS", "GB18030")
        .text(0x0008_0016, "UI", SECONDARY_CAPTURE)
        .text(0x0008_0018, "UI", &sop)
        .text(0x0008_0020, "DA", &of.date)
        .text(0x0008_0030, "TM", format!("{:02}3015", 8 + number % 10))
        .text(0x0008_0050, "SH", &of.accession)
        .text(0x0008_0060, "CS", of.modality)
        .text(0x0008_0090, "PN", "Ref^Doctor")
        .text(0x0008_1030, "LO", "Routine examination")
        .text(0x0010_0010, "PN", name)
        .text(0x0010_0020, "LO", &of.patient_id)
        .text(0x0010_0030, "DA", "19700307")
        .text(0x0010_0040, "CS", "F")
        .text(0x0020_000D, "UI", &study)
        .text(0x0020_000E, "UI", &series)
        .text(0x0020_0010, "SH", "S1")
        .text(0x0020_0011, "IS", "1")
        .text(0x0020_0013, "IS", "1");
    let object = Object {
        sop_class: SECONDARY_CAPTURE.into(),
        sop,
        study,
        series,
        transfer_syntax: EXPLICIT.into(),
        dataset: dataset.encode(Syntax::Explicit),
    };
    Ok(object.file())
}

/// A series of CT slices of `size` rows and columns.
pub(crate) fn series(patient_id: &str, size: u16, count: usize) -> Result<Vec<Object>> {
    let first = Ct {
        size,
        ..Ct::new(patient_id)?
    };
    slices(first, u32::try_from(count)?)
}
