//! Attributes as queries name them: keyword, eight hexadecimal digits, or a path of those
//! (PS3.18 §8.3.4.1).

use dataset::{Tag, VR};
use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry, VirtualVr};
use dicom_dictionary_std::StandardDataDictionary;

/// An attribute, or one inside the items of a sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// Tags from the outermost sequence to the attribute.
    pub(crate) path: Vec<Tag>,
    /// The value representation of the last; none for private and unknown ones.
    pub(crate) vr: Option<VR>,
}

impl Attribute {
    /// Reads `PatientName`, `00100010`, `RequestAttributesSequence.00400009`; none if a part names
    /// no attribute.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let path = text.split('.').map(tag).collect::<Option<Vec<_>>>()?;
        let vr = StandardDataDictionary
            .by_tag(*path.last()?)
            .map(|entry| match entry.vr() {
                VirtualVr::Exact(vr) => vr,
                other => other.relaxed(),
            });
        Some(Self { path, vr })
    }
}

fn tag(text: &str) -> Option<Tag> {
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        let number = u32::from_str_radix(text, 16).ok()?;
        return Some(from_number(number));
    }
    StandardDataDictionary
        .by_name(text)
        .map(DataDictionaryEntry::tag)
}

/// A tag as the search model writes it.
pub(crate) fn number(tag: Tag) -> u32 {
    u32::from(tag.group()) << 16 | u32::from(tag.element())
}

fn from_number(number: u32) -> Tag {
    let [a, b, c, d] = number.to_be_bytes();
    Tag(u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]))
}

/// The key of a tag in DICOM JSON (PS3.18 §F.2.2).
pub(crate) fn key(tag: Tag) -> String {
    format!("{:08X}", number(tag))
}

/// A path as a client may read it: keywords where there are some.
pub(crate) fn name(path: &[u32]) -> String {
    let names: Vec<String> = path
        .iter()
        .map(|&number| {
            StandardDataDictionary
                .by_tag(from_number(number))
                .map_or_else(|| format!("{number:08X}"), |entry| entry.alias().to_owned())
        })
        .collect();
    names.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_tags_and_paths_name_attributes() {
        let name = Attribute::parse("PatientName").unwrap();
        assert_eq!(name, Attribute::parse("00100010").unwrap());
        assert_eq!(
            (name.path, name.vr),
            (vec![Tag(0x0010, 0x0010)], Some(VR::PN))
        );
        let nested = Attribute::parse("RequestAttributesSequence.00400009").unwrap();
        assert_eq!(nested.path, [Tag(0x0040, 0x0275), Tag(0x0040, 0x0009)]);
        assert_eq!(
            nested,
            Attribute::parse("00400275.ScheduledProcedureStepID").unwrap()
        );
        assert_eq!(Attribute::parse("00091001").unwrap().vr, None);
    }

    #[test]
    fn what_names_no_attribute_is_refused() {
        for text in [
            "",
            "PatientNam",
            "0010001",
            "0010001G",
            "PatientName.",
            ".",
            "(0010,0010)",
        ] {
            assert_eq!(Attribute::parse(text), None, "{text}");
        }
    }
}
