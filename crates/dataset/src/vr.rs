//! What the rules of encoding need to know of a value representation (PS3.5 §6.2, §7.1.2).

use dicom_core::{
    DataDictionary, Tag, VR,
    dictionary::{DataDictionaryEntry, VirtualVr},
};
use dicom_dictionary_std::StandardDataDictionary;

/// The value representation that the dictionary (PS3.6) gives a tag; none for private and unknown
/// ones. `signed`: Pixel Representation (0028,0103) is 1, which tells SS from US.
pub(crate) fn of_tag(tag: Tag, signed: bool) -> Option<VR> {
    if tag.1 == 0 {
        return Some(VR::UL);
    }
    if tag.0 & 1 == 1 {
        return (0x10..=0xFF).contains(&tag.1).then_some(VR::LO);
    }
    match StandardDataDictionary.by_tag(tag)?.vr() {
        VirtualVr::Exact(vr) => Some(vr),
        VirtualVr::Xs => Some(if signed { VR::SS } else { VR::US }),
        VirtualVr::Ox | VirtualVr::Px | VirtualVr::Lt => Some(VR::OW),
        _ => None,
    }
}

/// Whether the explicit form has two reserved bytes and a length of 32 bits (PS3.5 §7.1.2).
pub(crate) fn has_long_length(vr: VR) -> bool {
    matches!(
        vr,
        VR::OB
            | VR::OD
            | VR::OF
            | VR::OL
            | VR::OV
            | VR::OW
            | VR::SQ
            | VR::SV
            | VR::UC
            | VR::UN
            | VR::UR
            | VR::UT
            | VR::UV
    )
}

/// Whether the value is text, of whatever repertoire.
pub(crate) fn is_text(vr: VR) -> bool {
    is_translated(vr)
        || matches!(
            vr,
            VR::AE | VR::AS | VR::CS | VR::DA | VR::DS | VR::DT | VR::IS | VR::TM | VR::UI | VR::UR
        )
}

/// Whether Specific Character Set (0008,0005) rules the value (PS3.5 §6.1.2.2).
pub(crate) fn is_translated(vr: VR) -> bool {
    matches!(
        vr,
        VR::LO | VR::LT | VR::PN | VR::SH | VR::ST | VR::UC | VR::UT
    )
}

/// Whether a backslash is part of the text instead of a delimiter (PS3.5 §6.4).
pub(crate) fn is_single_text(vr: VR) -> bool {
    matches!(vr, VR::LT | VR::ST | VR::UR | VR::UT)
}

/// Whether leading blanks are padding (PS3.5 Table 6.2-1).
pub(crate) fn ignores_leading_blanks(vr: VR) -> bool {
    is_text(vr) && !matches!(vr, VR::LT | VR::PN | VR::ST | VR::UC | VR::UR | VR::UT)
}

/// Whether the value is a stream of words or bytes without meaning of its own.
pub(crate) fn is_opaque(vr: VR) -> bool {
    matches!(
        vr,
        VR::OB | VR::OD | VR::OF | VR::OL | VR::OV | VR::OW | VR::UN
    )
}

/// Bytes of one word, whose order the byte order of the data set rules; 1: none.
pub(crate) fn word(vr: VR) -> u8 {
    match vr {
        VR::AT | VR::OW | VR::SS | VR::US => 2,
        VR::FL | VR::OF | VR::OL | VR::SL | VR::UL => 4,
        VR::FD | VR::OD | VR::OV | VR::SV | VR::UV => 8,
        _ => 1,
    }
}

/// The byte that fills a value of odd length (PS3.5 §6.2).
pub(crate) fn padding(vr: VR) -> u8 {
    if is_text(vr) && vr != VR::UI { b' ' } else { 0 }
}

/// Reverses the bytes of each whole word.
pub(crate) fn swap_words(bytes: &mut [u8], word: u8) {
    if word > 1 {
        for word in bytes.chunks_exact_mut(usize::from(word)) {
            word.reverse();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_groups_are_not_taken_for_repeating_ones() {
        assert_eq!(of_tag(Tag(0x6001, 0x3000), false), None);
        assert_eq!(of_tag(Tag(0x6002, 0x3000), false), Some(VR::OW));
        assert_eq!(of_tag(Tag(0x6001, 0x0010), false), Some(VR::LO));
    }

    #[test]
    fn pixel_representation_tells_signed_words() {
        assert_eq!(of_tag(Tag(0x0028, 0x0106), true), Some(VR::SS));
        assert_eq!(of_tag(Tag(0x0028, 0x0106), false), Some(VR::US));
    }
}
