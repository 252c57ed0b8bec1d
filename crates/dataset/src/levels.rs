//! Which attributes the index keeps at which level (PS3.4 §C.6, PS3.18 §10.6.3).
//!
//! Everything that C-FIND and QIDO may match or return and that a data set holds; what is counted
//! or told by the archive (numbers of related objects, availability, URLs) is not here. Timezone
//! Offset From UTC (0008,0201) rules the times of a data set and is kept with the study.

use dicom_core::{
    Tag, VR,
    dictionary::{DataDictionary, DataDictionaryEntry, VirtualVr},
};
use dicom_dictionary_std::{StandardDataDictionary, tags};
use model::search::Level;

/// Attributes of a patient (PS3.4 Table C.6-1, PS3.3 §C.7.1).
pub const PATIENT: &[Tag] = &[
    tags::PATIENT_NAME,
    tags::PATIENT_ID,
    tags::ISSUER_OF_PATIENT_ID,
    tags::TYPE_OF_PATIENT_ID,
    tags::ISSUER_OF_PATIENT_ID_QUALIFIERS_SEQUENCE,
    tags::PATIENT_BIRTH_DATE,
    tags::PATIENT_BIRTH_TIME,
    tags::PATIENT_SEX,
    // Retired, still sent: Other Patient IDs, Ethnic Group.
    Tag(0x0010, 0x1000),
    tags::OTHER_PATIENT_NAMES,
    tags::OTHER_PATIENT_I_DS_SEQUENCE,
    Tag(0x0010, 0x2160),
    tags::PATIENT_COMMENTS,
    tags::PATIENT_IDENTITY_REMOVED,
    tags::DEIDENTIFICATION_METHOD,
];

/// Attributes of a study (PS3.4 Tables C.6-2 and C.6-5, PS3.3 §C.7.2).
pub const STUDY: &[Tag] = &[
    tags::STUDY_DATE,
    tags::STUDY_TIME,
    tags::ACCESSION_NUMBER,
    tags::ISSUER_OF_ACCESSION_NUMBER_SEQUENCE,
    tags::REFERRING_PHYSICIAN_NAME,
    tags::CONSULTING_PHYSICIAN_NAME,
    tags::TIMEZONE_OFFSET_FROM_UTC,
    tags::STUDY_DESCRIPTION,
    tags::PROCEDURE_CODE_SEQUENCE,
    tags::PHYSICIANS_OF_RECORD,
    tags::NAME_OF_PHYSICIANS_READING_STUDY,
    tags::ADMITTING_DIAGNOSES_DESCRIPTION,
    tags::REFERENCED_STUDY_SEQUENCE,
    tags::PATIENT_AGE,
    tags::PATIENT_SIZE,
    tags::PATIENT_WEIGHT,
    tags::OCCUPATION,
    tags::PREGNANCY_STATUS,
    tags::ADDITIONAL_PATIENT_HISTORY,
    tags::STUDY_INSTANCE_UID,
    tags::STUDY_ID,
    tags::REQUESTING_PHYSICIAN,
    tags::REQUESTING_SERVICE,
    tags::REQUESTED_PROCEDURE_DESCRIPTION,
    tags::REQUESTED_PROCEDURE_CODE_SEQUENCE,
    tags::ADMISSION_ID,
    tags::ISSUER_OF_ADMISSION_ID_SEQUENCE,
    tags::SERVICE_EPISODE_ID,
    tags::REASON_FOR_PERFORMED_PROCEDURE_CODE_SEQUENCE,
];

/// Attributes of a series (PS3.4 Table C.6-3, PS3.18 Table 10.6.3-4, PS3.3 §C.7.3, §C.7.5).
pub const SERIES: &[Tag] = &[
    tags::SERIES_DATE,
    tags::SERIES_TIME,
    tags::MODALITY,
    tags::MANUFACTURER,
    tags::INSTITUTION_NAME,
    tags::INSTITUTION_ADDRESS,
    tags::STATION_NAME,
    tags::SERIES_DESCRIPTION,
    tags::SERIES_DESCRIPTION_CODE_SEQUENCE,
    tags::INSTITUTIONAL_DEPARTMENT_NAME,
    tags::PERFORMING_PHYSICIAN_NAME,
    tags::OPERATORS_NAME,
    tags::MANUFACTURER_MODEL_NAME,
    tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE,
    tags::BODY_PART_EXAMINED,
    tags::DEVICE_SERIAL_NUMBER,
    tags::SOFTWARE_VERSIONS,
    tags::PROTOCOL_NAME,
    tags::PATIENT_POSITION,
    tags::SERIES_INSTANCE_UID,
    tags::SERIES_NUMBER,
    tags::LATERALITY,
    tags::FRAME_OF_REFERENCE_UID,
    tags::PERFORMED_STATION_AE_TITLE,
    tags::PERFORMED_STATION_NAME,
    tags::PERFORMED_PROCEDURE_STEP_START_DATE,
    tags::PERFORMED_PROCEDURE_STEP_START_TIME,
    tags::PERFORMED_PROCEDURE_STEP_ID,
    tags::PERFORMED_PROCEDURE_STEP_DESCRIPTION,
    tags::PERFORMED_PROTOCOL_CODE_SEQUENCE,
    tags::REQUEST_ATTRIBUTES_SEQUENCE,
];

/// Attributes of an instance (PS3.4 Table C.6-4, PS3.18 Table 10.6.3-5).
pub const INSTANCE: &[Tag] = &[
    tags::IMAGE_TYPE,
    tags::INSTANCE_CREATION_DATE,
    tags::INSTANCE_CREATION_TIME,
    tags::SOP_CLASS_UID,
    tags::SOP_INSTANCE_UID,
    tags::ACQUISITION_DATE,
    tags::CONTENT_DATE,
    tags::ACQUISITION_DATE_TIME,
    tags::ACQUISITION_TIME,
    tags::CONTENT_TIME,
    tags::DERIVATION_DESCRIPTION,
    tags::CONCEPT_NAME_CODE_SEQUENCE,
    tags::VIEW_POSITION,
    tags::SLICE_THICKNESS,
    tags::ACQUISITION_NUMBER,
    tags::INSTANCE_NUMBER,
    tags::IMAGE_POSITION_PATIENT,
    tags::IMAGE_ORIENTATION_PATIENT,
    tags::IMAGE_LATERALITY,
    tags::SLICE_LOCATION,
    tags::IMAGE_COMMENTS,
    tags::SAMPLES_PER_PIXEL,
    tags::PHOTOMETRIC_INTERPRETATION,
    tags::NUMBER_OF_FRAMES,
    tags::ROWS,
    tags::COLUMNS,
    tags::PIXEL_SPACING,
    tags::BITS_ALLOCATED,
    tags::BITS_STORED,
    tags::PIXEL_REPRESENTATION,
    tags::CONTENT_LABEL,
    tags::CONTENT_DESCRIPTION,
    tags::CONTENT_CREATOR_NAME,
    tags::PRESENTATION_CREATION_DATE,
    tags::PRESENTATION_CREATION_TIME,
    tags::OBSERVATION_DATE_TIME,
    tags::COMPLETION_FLAG,
    tags::VERIFICATION_FLAG,
    tags::VERIFICATION_DATE_TIME,
    tags::CONTENT_TEMPLATE_SEQUENCE,
    tags::DOCUMENT_TITLE,
    tags::RT_PLAN_LABEL,
    tags::STRUCTURE_SET_LABEL,
];

/// The level that `tag` is kept at.
pub fn of(tag: Tag) -> Option<Level> {
    [
        (PATIENT, Level::Patient),
        (STUDY, Level::Study),
        (SERIES, Level::Series),
        (INSTANCE, Level::Instance),
    ]
    .into_iter()
    .find_map(|(tags, level)| tags.contains(&tag).then_some(level))
}

/// Whether the attribute `tag` (`0xGGGGEEEE`) is a person's name.
pub fn is_name(tag: u32) -> bool {
    let tag = Tag((tag >> 16) as u16, (tag & 0xFFFF) as u16);
    StandardDataDictionary
        .by_tag(tag)
        .is_some_and(|entry| entry.vr() == VirtualVr::Exact(VR::PN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_attribute_is_kept_at_two_levels() {
        let mut all = [PATIENT, STUDY, SERIES, INSTANCE].concat();
        let kept = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), kept);
        assert_eq!(of(tags::MODALITY), Some(Level::Series));
        assert_eq!(of(tags::PIXEL_DATA), None);
    }
}
