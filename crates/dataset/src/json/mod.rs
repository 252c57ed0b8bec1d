//! The DICOM JSON model (PS3.18 §F).

use dicom_core::Tag;

use crate::{Charset, Element, Header};

/// A data set, or an item of a sequence, as DICOM JSON: attributes by eight hexadecimal digits.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;

/// The whole header (PS3.18 §F.2). Long values and pixel data become
/// `{"vr", "BulkDataURI": "bulkdata/<path>"}`, where the path is tags and item numbers counted from
/// 1: `7FE00010`, `00400555/1/54001010`. Group lengths are left out; text is UTF-8 and (0008,0005)
/// says so.
pub fn header(_h: &Header) -> JsonObject {
    unimplemented!()
}

/// The attributes of `tags` that the header has, in the order of `tags`.
pub fn select(_h: &Header, _tags: &[Tag]) -> JsonObject {
    unimplemented!()
}

/// The element that the path of a bulk data URI names (`00400555/1/54001010`).
pub fn locate<'h>(_h: &'h Header, _path: &str) -> Option<&'h Element> {
    unimplemented!()
}

/// JSON attributes as elements in tag order, text encoded in `charset`, numbers little endian.
/// Characters that `charset` lacks become `?`. Specific Character Set (0008,0005) is set to
/// `charset` where a text is not ASCII or the attribute is there.
pub fn to_elements(_attributes: &JsonObject, _charset: &Charset) -> Vec<Element> {
    unimplemented!()
}
