//! The searches: 200 distinct queries of five kinds, each with few enough matches to be told whole.

use crate::studies::known;

/// How many are asked in turn.
const COUNT: usize = 200;

/// `/studies?…` of each search.
pub(crate) fn queries(studies: usize) -> Vec<String> {
    let query = |number: usize| {
        let of = known(number * (studies / COUNT));
        let condition = match number % 5 {
            0 => format!("PatientID={}", of.patient_id),
            1 => format!("AccessionNumber={}", of.accession),
            2 => format!("PatientName={}*", of.name),
            3 => format!("StudyDate={}&ModalitiesInStudy={}", of.date, of.modality),
            _ => format!(
                "00080020={0}-{0}&00080061={1}&limit=25",
                of.date, of.modality
            ),
        };
        format!("/studies?{condition}")
    };
    (0..COUNT).map(query).collect()
}
