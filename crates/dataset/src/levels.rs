//! Which attributes the index keeps at which level (PS3.4 §C.6, PS3.18 §10.6.3).

use dicom_core::Tag;
use model::search::Level;

/// Attributes of a patient.
pub const PATIENT: &[Tag] = &[];
/// Attributes of a study.
pub const STUDY: &[Tag] = &[];
/// Attributes of a series.
pub const SERIES: &[Tag] = &[];
/// Attributes of an instance.
pub const INSTANCE: &[Tag] = &[];

/// The level that `tag` is kept at.
pub fn of(_tag: Tag) -> Option<Level> {
    unimplemented!()
}
