//! Finding the data set of a file, whatever its preamble and meta group are like.

use model::TransferSyntax;

use super::PartialMeta;
use crate::{DatasetError, vr::has_long_length};

/// What the start of a file tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// More bytes are needed; at most [`MAX_META_BYTES`] altogether.
    NeedMore,
    /// The data set is found.
    Found {
        /// What the file says of itself.
        meta: PartialMeta,
        /// Where the data set begins in the file.
        dataset_offset: usize,
        /// The transfer syntax of the data set: declared, else guessed from its first element.
        transfer_syntax: TransferSyntax,
    },
}

/// The most bytes that preamble and file meta information may take.
pub const MAX_META_BYTES: usize = 1 << 20;

const PREAMBLE: usize = 128;
const MAGIC: &[u8] = b"DICM";

/// Finds the data set of a file from its first bytes. Reads files without preamble, without meta
/// group (little or big endian), without group length, with a meta group in implicit VR or without
/// a transfer syntax. `at_end`: `start` is the whole file.
pub fn probe(start: &[u8], at_end: bool) -> Result<Probe, DatasetError> {
    let begin = match start.get(PREAMBLE..PREAMBLE + MAGIC.len()) {
        // A bare data set may hold the magic in the right place by chance.
        Some(MAGIC) if guess(start, true).is_none() => PREAMBLE + MAGIC.len(),
        None if !at_end => return Ok(Probe::NeedMore),
        _ if start.starts_with(MAGIC) => MAGIC.len(),
        _ => 0,
    };
    let whole = &start[..start.len().min(MAX_META_BYTES)];
    match walk(whole, begin) {
        Walk::Found(meta, offset) => found(start, begin, meta, offset),
        // No element at all, but a transfer syntax of them.
        Walk::Empty(meta) if at_end => found(start, begin, meta, start.len()),
        Walk::Short | Walk::Empty(_) if whole.len() == MAX_META_BYTES => {
            Err(not_dicom("its meta group is too long"))
        }
        Walk::Short | Walk::Empty(_) if at_end => {
            Err(not_dicom("it ends before its data set begins"))
        }
        Walk::Short | Walk::Empty(_) => Ok(Probe::NeedMore),
    }
}

fn not_dicom(reason: &'static str) -> DatasetError {
    DatasetError::NotDicom { reason }
}

enum Walk {
    /// The bytes end inside the group.
    Short,
    /// The bytes end with the group.
    Empty(PartialMeta),
    Found(PartialMeta, usize),
}

/// Walks the elements of group 2 from `begin` on.
fn walk(bytes: &[u8], begin: usize) -> Walk {
    let mut meta = PartialMeta::default();
    let mut at = begin;
    let mut group_end = None;
    loop {
        let Some(&[g0, g1, e0, e1, v0, v1, l0, l1]) = bytes.get(at..at + 8) else {
            let ended = at == bytes.len() && group_end.is_none_or(|end| end <= at);
            return match ended && meta.transfer_syntax.is_some() {
                true => Walk::Empty(meta),
                false => Walk::Short,
            };
        };
        // Deflated bytes may look like group 2: the group length says where they begin.
        let deflated = meta
            .transfer_syntax
            .as_ref()
            .is_some_and(TransferSyntax::is_deflated);
        if [g0, g1] != [2, 0] || (deflated && group_end == Some(at)) {
            return Walk::Found(meta, at);
        }
        let explicit = dicom_core::VR::from_binary([v0, v1]);
        let (size, length) = match explicit {
            Some(vr) if has_long_length(vr) => {
                let Some(&[a, b, c, d]) = bytes.get(at + 8..at + 12) else {
                    return Walk::Short;
                };
                (12, u32::from_le_bytes([a, b, c, d]))
            }
            Some(_) => (8, u16::from_le_bytes([l0, l1]).into()),
            None => (8, u32::from_le_bytes([v0, v1, l0, l1])),
        };
        let value = at + size;
        let Some(end) = usize::try_from(length)
            .ok()
            .and_then(|length| value.checked_add(length))
        else {
            return Walk::Short;
        };
        let Some(value) = bytes.get(value..end) else {
            return Walk::Short;
        };
        let element = u16::from_le_bytes([e0, e1]);
        if let (0, &[a, b, c, d]) = (element, value) {
            group_end = (u32::from_le_bytes([a, b, c, d]) as usize).checked_add(end);
        }
        meta.take(element, value);
        at = end;
    }
}

fn found(
    start: &[u8],
    begin: usize,
    meta: PartialMeta,
    offset: usize,
) -> Result<Probe, DatasetError> {
    let first = &start[offset..];
    let bare = begin == 0 && offset == 0;
    let transfer_syntax = match &meta.transfer_syntax {
        Some(declared) => declared.clone(),
        None => guess(first, bare).ok_or_else(|| not_dicom("no data set begins it"))?,
    };
    Ok(Probe::Found {
        meta,
        dataset_offset: offset,
        transfer_syntax,
    })
}

/// The transfer syntax that the first element shows; none where it is no element. `bare`: nothing
/// else says that the file is DICOM.
fn guess(first: &[u8], bare: bool) -> Option<TransferSyntax> {
    let &[g0, g1, _, _, v0, v1, l0, l1, ..] = first else {
        return None;
    };
    let explicit = dicom_core::VR::from_binary([v0, v1]).is_some();
    let length = u32::from_le_bytes([v0, v1, l0, l1]);
    // Data sets begin with group 0008, at least with an even group below 0040 (a DICOMDIR with 0004).
    let plausible = |group: u16| matches!(group, 4..=0x40) && group.is_multiple_of(2);
    let little = if explicit {
        TransferSyntax::explicit_little()
    } else {
        TransferSyntax::implicit_little()
    };
    if plausible(u16::from_le_bytes([g0, g1])) && (explicit || !bare || length <= 0xFFFF) {
        Some(little)
    } else if plausible(u16::from_be_bytes([g0, g1])) && explicit {
        Some(TransferSyntax::explicit_big())
    } else {
        (!bare).then_some(little)
    }
}
