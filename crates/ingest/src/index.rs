//! What the index keeps of an object, taken from its header.

use database::NewInstance;
use dataset::{Header, Tag, json, levels};
use model::{InstanceKey, InstitutionId, ObjectKey, Uid};
use ulid::Ulid;

use crate::{IngestError, provenance::Provenance};

const SOP_CLASS_UID: Tag = Tag(0x0008, 0x0016);
const SOP_INSTANCE_UID: Tag = Tag(0x0008, 0x0018);
const PATIENT_ID: Tag = Tag(0x0010, 0x0020);
const ISSUER_OF_PATIENT_ID: Tag = Tag(0x0010, 0x0021);
const STUDY_INSTANCE_UID: Tag = Tag(0x0020, 0x000D);
const SERIES_INSTANCE_UID: Tag = Tag(0x0020, 0x000E);

/// Fast, and a CT header of 15 KB becomes about 3.
const HEADER_COMPRESSION: i32 = 1;

/// Where the bytes of an object lie and what they hash to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// Bytes of the whole object.
    pub(crate) length: u64,
    /// Where the data set begins in it.
    pub(crate) dataset_offset: u32,
    /// BLAKE3 of the data set as received.
    pub(crate) digest: [u8; 32],
}

/// The UIDs that identify a data set; what the scanner did not find is named.
pub(crate) fn identity(header: &Header) -> Result<dataset::Identity, IngestError> {
    let uid = |tag, name| {
        let text = header
            .text(tag)
            .filter(|text| !text.trim_matches([' ', '\0']).is_empty())
            .ok_or(IngestError::MissingAttribute { tag, name })?;
        Uid::new(text.trim_matches([' ', '\0']))
            .map_err(|source| IngestError::InvalidUid { name, source })
    };
    Ok(dataset::Identity {
        sop_class: uid(SOP_CLASS_UID, "SOP Class UID")?,
        sop: uid(SOP_INSTANCE_UID, "SOP Instance UID")?,
        study: uid(STUDY_INSTANCE_UID, "Study Instance UID")?,
        series: uid(SERIES_INSTANCE_UID, "Series Instance UID")?,
    })
}

/// The key of a new object of `institution`.
pub(crate) fn object_key(
    institution: &InstitutionId,
    identity: &dataset::Identity,
    ulid: Ulid,
) -> ObjectKey {
    ObjectKey {
        instance: InstanceKey {
            institution: institution.clone(),
            study: identity.study.clone(),
            series: identity.series.clone(),
            sop: identity.sop.clone(),
        },
        ulid,
    }
}

/// The index row of an object: a pure function of its header, extent and provenance.
pub(crate) fn row(
    header: &Header,
    object: ObjectKey,
    sop_class: Uid,
    extent: Extent,
    provenance: &Provenance,
) -> NewInstance {
    let text = |tag| header.text(tag).map(|text| text.trim().to_owned());
    let level = |tags| json::select_text(header, tags);
    let pixels = header.pixel_data.as_ref();
    let patient_id = text(PATIENT_ID).unwrap_or_default();
    let issuer = if patient_id.is_empty() {
        // Nobody knows whether two studies without an id are of one person.
        object.instance.study.as_str().to_owned()
    } else {
        text(ISSUER_OF_PATIENT_ID)
            .filter(|issuer| !issuer.is_empty())
            .unwrap_or_else(|| provenance.default_issuer.clone())
    };
    NewInstance {
        object,
        length: extent.length,
        dataset_offset: extent.dataset_offset,
        digest: extent.digest,
        transfer_syntax: header.transfer_syntax.clone(),
        sop_class,
        pixel_offset: pixels.map(|pixels| pixels.offset),
        frames: pixels.map(|pixels| pixels.frames.to_bytes()),
        frame_count: pixels.map_or(0, |pixels| pixels.frames.count()),
        received: provenance.received,
        origin: provenance.origin.clone(),
        issuer,
        patient_id,
        patient: level(levels::PATIENT),
        study: level(levels::STUDY),
        series: level(levels::SERIES),
        instance: level(levels::INSTANCE),
        header: compressed(header),
    }
}

fn compressed(header: &Header) -> Vec<u8> {
    let json = json::header_text(header);
    zstd::bulk::compress(json.as_bytes(), HEADER_COMPRESSION)
        .expect("zstd into memory fails only for want of memory")
}
