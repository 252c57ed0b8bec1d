//! The four UIDs that tell what a data set is, noted as they pass.

use dicom_core::Tag;
use model::Uid;

/// Keeps a valid UID in its place among SOP class, SOP instance, study and series; the first stays.
pub(super) fn note(identity: &mut [Option<Uid>; 4], tag: Tag, bytes: &[u8]) {
    let slot = match tag {
        Tag(0x0008, 0x0016) => 0,
        Tag(0x0008, 0x0018) => 1,
        Tag(0x0020, 0x000D) => 2,
        Tag(0x0020, 0x000E) => 3,
        _ => return,
    };
    if identity[slot].is_none() {
        identity[slot] = crate::header::uid(bytes);
    }
}
