//! The transfer syntax of pixel data that came as bulk data (PS3.18 Table 8.7.3-2 and -5).

use model::TransferSyntax;

use crate::media::MediaType;

/// How many bytes of a frame tell which JPEG it is.
pub(super) const HEAD: u64 = 64 << 10;

const JPEG_BASELINE: &str = "1.2.840.10008.1.2.4.50";
const JPEG_EXTENDED: &str = "1.2.840.10008.1.2.4.51";
const JPEG_LOSSLESS: &str = "1.2.840.10008.1.2.4.57";
const JPEG_LOSSLESS_SV1: &str = "1.2.840.10008.1.2.4.70";

/// The media types of frames and their default syntax (PS3.18 Table 8.7.3-2, -3, -5).
const DEFAULTS: [(&str, &str); 11] = [
    ("image/dicom-rle", "1.2.840.10008.1.2.5"),
    ("image/jls", "1.2.840.10008.1.2.4.80"),
    ("image/jp2", "1.2.840.10008.1.2.4.90"),
    ("image/jpx", "1.2.840.10008.1.2.4.92"),
    ("image/jphc", "1.2.840.10008.1.2.4.201"),
    ("image/jxl", "1.2.840.10008.1.2.4.110"),
    ("image/x-dicom-rle", "1.2.840.10008.1.2.5"),
    ("image/x-jls", "1.2.840.10008.1.2.4.80"),
    ("video/mpeg2", "1.2.840.10008.1.2.4.100"),
    ("video/mpeg", "1.2.840.10008.1.2.4.100"),
    ("video/mp4", "1.2.840.10008.1.2.4.102"),
];

/// What the bytes of a pixel data part are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Coded {
    /// Uncompressed, little endian.
    Native,
    /// A frame each, or a video.
    As(TransferSyntax),
    /// Nothing that can be stored.
    Unsupported,
}

/// What a part's Content-Type says of its bytes; where it names no syntax, a JPEG does itself.
pub(super) fn of(content_type: &str, head: &[u8]) -> Coded {
    let media = MediaType::parse(content_type);
    let named = media
        .as_ref()
        .and_then(|media| media.parameter("transfer-syntax"))
        .map(str::trim)
        .filter(|uid| !uid.is_empty() && *uid != "*");
    let essence = media.as_ref().map_or("", |media| media.essence.as_str());
    let is_octets = matches!(essence, "" | "application/octet-stream");
    let default = match essence {
        "image/jpeg" => Some(jpeg(head)),
        _ => DEFAULTS
            .iter()
            .find(|(own, _)| *own == essence)
            .map(|(_, uid)| *uid),
    };
    let known = |uid: &str| match TransferSyntax::parse(uid) {
        Ok(syntax) if uid.starts_with("1.2.840.10008.1.2") => Some(syntax),
        _ => None,
    };
    match (named, default) {
        (None, _) if is_octets => Coded::Native,
        (Some(uid), default) if is_octets || default.is_some() => match known(uid) {
            Some(syntax) if syntax.is_big_endian() => Coded::Unsupported,
            Some(syntax) if syntax.is_native() && is_octets => Coded::Native,
            Some(syntax) if !syntax.is_native() => Coded::As(syntax),
            _ => Coded::Unsupported,
        },
        (None, Some(uid)) => known(uid).map_or(Coded::Unsupported, Coded::As),
        _ => Coded::Unsupported,
    }
}

/// Whether a syntax holds a video: one stream, however many frames (PS3.5 §8.2.5–8.2.9).
pub(super) fn is_video(syntax: &TransferSyntax) -> bool {
    let last = syntax.as_str().strip_prefix("1.2.840.10008.1.2.4.");
    last.and_then(|last| last.split('.').next()?.parse().ok())
        .is_some_and(|number: u32| (100..=108).contains(&number))
}

/// The process that a JPEG stream's frame header names (ITU-T T.81 Table B.1), and the predictor of
/// a lossless one; what cannot be told is the default of PS3.18 Table 8.7.3-2.
fn jpeg(bytes: &[u8]) -> &'static str {
    let mut process = JPEG_LOSSLESS_SV1;
    let mut at = 2;
    while let Some(&[0xFF, marker, high, low]) = bytes.get(at..at + 4) {
        let length = usize::from(u16::from_be_bytes([high, low]));
        match marker {
            0xC0 => return JPEG_BASELINE,
            0xC1 | 0xC2 => return JPEG_EXTENDED,
            0xC3 => process = JPEG_LOSSLESS,
            // The start of scan: its first parameter is the predictor.
            0xDA => {
                let components = bytes.get(at + 4).copied().map_or(0, usize::from);
                let predictor = bytes.get(at + 5 + 2 * components);
                return match predictor {
                    Some(1) => JPEG_LOSSLESS_SV1,
                    _ => process,
                };
            }
            _ => {}
        }
        at += 2 + length;
    }
    process
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(uid: &str) -> Coded {
        Coded::As(TransferSyntax::parse(uid).unwrap())
    }

    /// PS3.18 Table 8.7.3-2: the parameter names the syntax, else the media type's default holds.
    #[test]
    fn the_content_type_says_the_transfer_syntax() {
        assert_eq!(of("application/octet-stream", b""), Coded::Native);
        assert_eq!(of("", b""), Coded::Native);
        assert_eq!(
            of(
                "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1",
                b""
            ),
            Coded::Native
        );
        assert_eq!(of("image/jls", b""), named("1.2.840.10008.1.2.4.80"));
        assert_eq!(
            of("image/jp2; transfer-syntax=\"1.2.840.10008.1.2.4.91\"", b""),
            named("1.2.840.10008.1.2.4.91")
        );
        assert_eq!(
            of(
                "application/octet-stream;transfer-syntax=1.2.840.10008.1.2.5",
                b""
            ),
            named("1.2.840.10008.1.2.5")
        );
        for unsupported in [
            "image/png",
            "text/plain; transfer-syntax=1.2.840.10008.1.2.5",
            "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.2",
            "image/jls; transfer-syntax=1.2.840.10008.1.2.1",
            "image/jls; transfer-syntax=../x",
        ] {
            assert_eq!(of(unsupported, b""), Coded::Unsupported, "{unsupported}");
        }
    }

    /// ITU-T T.81 Table B.1 and B.2.3.
    #[test]
    fn a_jpeg_tells_its_process() {
        let sof = |marker: u8| {
            let mut bytes = b"\xFF\xD8\xFF\xE0\0\x04ab\xFF".to_vec();
            bytes.extend([marker, 0, 3, 8]);
            bytes
        };
        assert_eq!(of("image/jpeg", &sof(0xC0)), named(JPEG_BASELINE));
        assert_eq!(of("image/jpeg", &sof(0xC1)), named(JPEG_EXTENDED));
        for (predictor, expected) in [(1, JPEG_LOSSLESS_SV1), (6, JPEG_LOSSLESS)] {
            let mut bytes = sof(0xC3);
            bytes.extend([0xFF, 0xDA, 0, 8, 1, 0, 0, predictor, 0, 0]);
            assert_eq!(of("image/jpeg", &bytes), named(expected));
        }
        assert_eq!(of("image/jpeg", b"cut"), named(JPEG_LOSSLESS_SV1));
    }

    #[test]
    fn videos_are_one_stream() {
        let video = TransferSyntax::parse("1.2.840.10008.1.2.4.102").unwrap();
        assert!(is_video(&video));
        let jpeg = TransferSyntax::parse(JPEG_BASELINE).unwrap();
        assert!(!is_video(&jpeg));
    }
}
