//! What a `multipart/related` Content-Type says of its body.

use crate::media::MediaType;

/// The parameters of a `multipart/related` Content-Type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Related {
    /// What separates the parts (RFC 2046 §5.1.1), without its leading dashes.
    pub(crate) boundary: String,
    /// The media type of the root part, lower case; none where the sender left it out.
    pub(crate) root: Option<String>,
}

/// The longest boundary taken, characters. RFC 2046 §5.1.1 allows 70; Orthanc sends 73.
const LONGEST: usize = 200;

/// Reads the parameters; none when the type is another or its boundary is missing or not 1 to
/// `LONGEST` printable ASCII characters. (RFC 2046 allows fewer characters; senders use more.)
pub(crate) fn related(content_type: &MediaType) -> Option<Related> {
    if content_type.essence != "multipart/related" {
        return None;
    }
    let boundary = content_type.parameter("boundary")?.trim_end();
    let valid = (1..=LONGEST).contains(&boundary.len())
        && boundary.bytes().all(|b| (0x20..0x7f).contains(&b));
    valid.then(|| Related {
        boundary: boundary.to_owned(),
        root: content_type
            .parameter("type")
            .map(|root| root.trim().to_ascii_lowercase()),
    })
}
