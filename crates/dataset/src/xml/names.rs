//! Keywords of attributes, and which elements a person's name is made of (PS3.19 Table A.1.5-2).

use dicom_core::{DataDictionary, Tag, dictionary::DataDictionaryEntry};
use dicom_dictionary_std::StandardDataDictionary;

/// The component groups of a person's name in order.
pub(super) const GROUPS: [&str; 3] = ["Alphabetic", "Ideographic", "Phonetic"];

/// The components of a group in order (PS3.5 §6.2.1).
pub(super) const COMPONENTS: [&str; 5] = [
    "FamilyName",
    "GivenName",
    "MiddleName",
    "NamePrefix",
    "NameSuffix",
];

/// The keyword that PS3.6 gives a tag.
pub(super) fn keyword(tag: Tag) -> Option<&'static str> {
    if tag.0 & 1 == 1 || tag.1 == 0 {
        return None;
    }
    StandardDataDictionary
        .by_tag(tag)
        .map(|entry| entry.alias())
}

/// The block that a private attribute lies in (PS3.5 §7.8.1); none for others.
pub(super) fn block(tag: Tag) -> Option<u16> {
    let block = tag.1 >> 8;
    (tag.0 & 1 == 1 && block >= 0x10).then_some(block)
}
