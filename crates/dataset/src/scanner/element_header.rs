//! The header of a data element: tag, value representation, length (PS3.5 §7.1).

use dicom_core::{Tag, VR};

use crate::vr;

/// A length that is not known (PS3.5 §7.1.1).
pub(super) const UNDEFINED: u32 = u32::MAX;
/// Item (FFFE,E000).
pub(super) const ITEM: Tag = Tag(0xFFFE, 0xE000);
/// Item Delimitation Item (FFFE,E00D).
pub(super) const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
/// Sequence Delimitation Item (FFFE,E0DD).
pub(super) const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);

/// How elements are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Encoding {
    /// Value representations are left out.
    pub(super) implicit: bool,
    /// Words begin with their most significant byte.
    pub(super) big: bool,
}

impl Encoding {
    /// What a value of VR UN and undefined length holds (PS3.5 §6.2.2).
    pub(super) const IMPLICIT_LITTLE: Self = Self {
        implicit: true,
        big: false,
    };

    pub(super) fn u16(self, bytes: [u8; 2]) -> u16 {
        if self.big {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        }
    }

    pub(super) fn u32(self, bytes: [u8; 4]) -> u32 {
        if self.big {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        }
    }
}

/// What an element's header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ElementHeader {
    pub(super) tag: Tag,
    /// None: implicit, or a representation that PS3.5 does not know.
    pub(super) vr: Option<VR>,
    /// Bytes of the value, or [`UNDEFINED`].
    pub(super) length: u32,
    /// Bytes of the header itself.
    pub(super) size: usize,
}

/// Whether two bytes look like a value representation rather than half a length: no first element
/// of a data set is as long as two capital letters say.
pub(super) fn looks_like_vr(bytes: &[u8]) -> bool {
    bytes.len() == 2 && bytes.iter().all(u8::is_ascii_uppercase)
}

/// Reads a header; none: `view` is too short. Twelve bytes always suffice.
pub(super) fn read(view: &[u8], encoding: Encoding) -> Option<ElementHeader> {
    let &[g0, g1, e0, e1, v0, v1, s0, s1, ..] = view else {
        return None;
    };
    let tag = Tag(encoding.u16([g0, g1]), encoding.u16([e0, e1]));
    let plain = ElementHeader {
        tag,
        vr: None,
        length: encoding.u32([v0, v1, s0, s1]),
        size: 8,
    };
    if encoding.implicit || tag.0 == 0xFFFE {
        return Some(plain);
    }
    let vr = VR::from_binary([v0, v1]);
    let short = encoding.u16([s0, s1]);
    let long = match vr {
        // Representations of later editions that old software writes in the short form.
        Some(VR::OD | VR::OF | VR::OL | VR::OV | VR::SV | VR::UC | VR::UR | VR::UT | VR::UV) => {
            short == 0
        }
        Some(vr) => vr::has_long_length(vr),
        // Representations yet to be defined have the long form (PS3.5 §7.1.2); who invents one in
        // the short form shows it where the reserved bytes are not zero.
        None if looks_like_vr(&[v0, v1]) => short == 0,
        None if short != 0 || is_blank(v0) && is_blank(v1) => false,
        // An implicit element amid explicit ones.
        None => return Some(plain),
    };
    if long {
        let &[l0, l1, l2, l3] = view.get(8..12)? else {
            return None;
        };
        Some(ElementHeader {
            vr,
            length: encoding.u32([l0, l1, l2, l3]),
            size: 12,
            ..plain
        })
    } else {
        Some(ElementHeader {
            vr,
            length: short.into(),
            ..plain
        })
    }
}

/// What some writers put where they know no value representation.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'?')
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPLICIT: Encoding = Encoding {
        implicit: false,
        big: false,
    };

    #[test]
    fn short_and_long_forms() {
        let short = read(b"\x10\x00\x10\x00PN\x04\x00", EXPLICIT).unwrap();
        assert_eq!((short.vr, short.length, short.size), (Some(VR::PN), 4, 8));
        let long = read(b"\xe0\x7f\x10\x00OW\0\0\x00\x00\x01\x00", EXPLICIT).unwrap();
        assert_eq!((long.length, long.size), (0x10000, 12));
        assert_eq!(read(b"\xe0\x7f\x10\x00OW\0\0\x00\x00\x01", EXPLICIT), None);
    }

    #[test]
    fn an_unknown_representation_is_long_when_its_reserved_bytes_are_zero() {
        let long = read(b"\x09\x00\x10\x10ZZ\0\0\x02\0\0\0", EXPLICIT).unwrap();
        assert_eq!((long.vr, long.length, long.size), (None, 2, 12));
        let short = read(b"\x09\x00\x10\x10ZZ\x02\0ab\0\0", EXPLICIT).unwrap();
        assert_eq!((short.length, short.size), (2, 8));
    }

    #[test]
    fn elements_without_a_representation_are_read_by_what_their_lengths_allow() {
        for (bytes, length) in [
            (b"\x28\0\x20\x01  \x02\0", 2),
            (b"\x28\0\x20\x01  \0\0", 0),
            (b"\x10\0\x20\0\0\0\x08\0", 8),
            (b"\x10\0\x20\0\x08\0\0\0", 8),
        ] {
            let header = read(bytes, EXPLICIT).unwrap();
            assert_eq!((header.vr, header.length, header.size), (None, length, 8));
        }
        let short = read(b"\x72\0\x73\0OD\x10\0", EXPLICIT).unwrap();
        assert_eq!((short.vr, short.length, short.size), (Some(VR::OD), 16, 8));
    }
}
