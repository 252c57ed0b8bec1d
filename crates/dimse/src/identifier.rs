//! Identifiers of C-FIND, C-MOVE and C-GET (PS3.4 §C.2.2, §C.4).

use dataset::{Charset, Limits, Scanner, Tag, VR, json};
use model::{TransferSyntax, Uid, search::Level};
use serde_json::{Map, Value};

use crate::{
    sop_class::Root,
    status::{Failure, Status},
};

/// The longest identifier that is read: lists of some ten thousand UIDs.
pub(crate) const IDENTIFIER_BYTES: usize = 4 << 20;

/// Specific Character Set (0008,0005).
pub(crate) const SPECIFIC_CHARACTER_SET: &str = "00080005";
/// Query/Retrieve Level (0008,0052).
pub(crate) const LEVEL: &str = "00080052";
/// Retrieve AE Title (0008,0054).
pub(crate) const RETRIEVE_AE: &str = "00080054";
/// Patient ID (0010,0020).
pub(crate) const PATIENT_ID: &str = "00100020";
/// Study Instance UID (0020,000D).
pub(crate) const STUDY: &str = "0020000D";
/// Series Instance UID (0020,000E).
pub(crate) const SERIES: &str = "0020000E";
/// SOP Instance UID (0008,0018).
pub(crate) const INSTANCE: &str = "00080018";

/// An identifier, decoded.
#[derive(Debug)]
pub(crate) struct Identifier {
    /// What is asked for.
    pub(crate) level: Level,
    /// Its attributes as DICOM JSON, in order; group lengths and private ones left out.
    pub(crate) keys: Map<String, Value>,
    /// What its text is encoded in, where it says so.
    pub(crate) charset: Option<Charset>,
}

impl Identifier {
    /// Reads an identifier of the information model with `root`.
    pub(crate) fn read(
        bytes: &[u8],
        transfer_syntax: &TransferSyntax,
        root: Root,
    ) -> Result<Self, Failure> {
        let unreadable = |error: dataset::DatasetError| {
            Failure::new(Status::CANNOT_UNDERSTAND, &error.to_string())
        };
        let limits = Limits {
            header_bytes: 4 * IDENTIFIER_BYTES as u64,
            inline_value: u32::try_from(IDENTIFIER_BYTES).unwrap_or(u32::MAX),
            ..Limits::default()
        };
        let mut scanner = Scanner::new(transfer_syntax, limits);
        scanner.feed(bytes).map_err(unreadable)?;
        let header = scanner.finish().map_err(unreadable)?;
        let named = header.element(Tag(0x0008, 0x0005)).is_some();
        let level = level(&header.text(Tag(0x0008, 0x0052)).unwrap_or_default(), root)?;
        let mut keys = json::header(&header);
        keys.retain(|tag, _| {
            let number = u32::from_str_radix(tag, 16).unwrap_or_default();
            number & 0xFFFF != 0 && number >> 16 & 1 == 0
        });
        Ok(Self {
            level,
            keys,
            charset: named.then(|| header.charset().clone()),
        })
    }

    /// The values of a UID key; none where it is absent or empty.
    pub(crate) fn uids(&self, tag: &str) -> Result<Vec<Uid>, Failure> {
        let texts = self.keys.get(tag).map(texts).unwrap_or_default();
        texts
            .iter()
            .filter(|text| !text.is_empty())
            .map(|text| {
                Uid::new(text).map_err(|error| {
                    Failure::new(Status::DOES_NOT_MATCH_CLASS, &format!("{tag}: {error}"))
                })
            })
            .collect()
    }
}

/// The Query/Retrieve Level (PS3.4 §C.6.1.1, §C.6.2.1).
fn level(text: &str, root: Root) -> Result<Level, Failure> {
    match (text, root) {
        ("PATIENT", Root::Patient) => Ok(Level::Patient),
        ("STUDY", _) => Ok(Level::Study),
        ("SERIES", _) => Ok(Level::Series),
        ("IMAGE" | "INSTANCE", _) => Ok(Level::Instance),
        ("", _) => {
            let comment = "Query/Retrieve Level (0008,0052) is missing";
            Err(Failure::new(Status::DOES_NOT_MATCH_CLASS, comment))
        }
        _ => {
            let comment = "Query/Retrieve Level (0008,0052) is none of this model";
            Err(Failure::new(Status::DOES_NOT_MATCH_CLASS, comment))
        }
    }
}

/// The Query/Retrieve Level as it is written.
pub(crate) fn level_text(level: Level) -> &'static str {
    match level {
        Level::Patient => "PATIENT",
        Level::Study => "STUDY",
        Level::Series => "SERIES",
        Level::Instance => "IMAGE",
    }
}

/// The values of a DICOM JSON attribute as text; person names with `=` between their groups.
pub(crate) fn texts(attribute: &Value) -> Vec<String> {
    let values = attribute.get("Value").and_then(Value::as_array);
    values.into_iter().flatten().map(text).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Object(name) => {
            let group = |name: &Map<String, Value>, key: &str| {
                let text = name.get(key).and_then(Value::as_str);
                text.unwrap_or_default().to_owned()
            };
            let groups = ["Alphabetic", "Ideographic", "Phonetic"].map(|key| group(name, key));
            groups.join("=").trim_end_matches('=').to_owned()
        }
        _ => String::new(),
    }
}

/// The value representation of a DICOM JSON attribute.
pub(crate) fn vr(attribute: &Value) -> VR {
    let text = attribute.get("vr").and_then(Value::as_str);
    text.and_then(|text| text.parse().ok()).unwrap_or(VR::UN)
}
