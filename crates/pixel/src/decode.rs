//! The one registry of decoders, and the way through it.

use model::TransferSyntax;

use crate::{
    Frame, Limits, PixelDescription, PixelError,
    codec::{Request, jpeg, jpeg_2000, jpeg_ls, jpeg_xl, native, rle},
};

/// The codec of a transfer syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    /// Native words (PS3.5 §8.1), in fragments or not (§A.4.11).
    Native,
    /// Deflated frames (§8.2.16).
    Deflated,
    /// RLE (§8.2.2, §G).
    Rle,
    /// JPEG baseline, extended, progressive and lossless (§8.2.1).
    Jpeg,
    /// JPEG-LS (§8.2.3).
    JpegLs,
    /// JPEG 2000 and HTJ2K (§8.2.4, §8.2.15).
    Jpeg2000,
    /// JPEG XL (§8.2.17).
    JpegXl,
    /// MPEG-2, MPEG-4, HEVC (§8.2.5 to §8.2.13): passed through, never decoded here.
    Video,
}

fn codec(transfer_syntax: &TransferSyntax) -> Option<Codec> {
    if transfer_syntax.is_native() {
        return Some(Codec::Native);
    }
    let of_dicom = transfer_syntax
        .as_str()
        .strip_prefix("1.2.840.10008.1.2.")?;
    Some(match of_dicom {
        "1.98" => Codec::Native,
        "8.1" => Codec::Deflated,
        "5" => Codec::Rle,
        // 52 to 56 and 58 are retired; those that the decoder does not know it refuses itself.
        "4.50" | "4.51" | "4.52" | "4.53" | "4.54" | "4.55" | "4.56" | "4.57" | "4.58" | "4.70" => {
            Codec::Jpeg
        }
        "4.80" | "4.81" => Codec::JpegLs,
        "4.90" | "4.91" | "4.201" | "4.202" | "4.203" => Codec::Jpeg2000,
        "4.110" | "4.111" | "4.112" => Codec::JpegXl,
        "4.100" | "4.100.1" | "4.101" | "4.101.1" | "4.102" | "4.102.1" | "4.103" | "4.103.1"
        | "4.104" | "4.104.1" | "4.105" | "4.105.1" | "4.106" | "4.106.1" | "4.107" | "4.107.1"
        | "4.108" | "4.108.1" => Codec::Video,
        _ => return None,
    })
}

/// Whether frames of a transfer syntax may be expected to decode.
pub fn is_decodable(transfer_syntax: &TransferSyntax) -> bool {
    supported(transfer_syntax).is_ok()
}

/// The codec of a transfer syntax, or why there is none.
pub(crate) fn supported(transfer_syntax: &TransferSyntax) -> Result<Codec, PixelError> {
    match codec(transfer_syntax) {
        Some(Codec::Video) => Err(PixelError::unsupported(
            "video is passed through: its frames are not decoded",
        )),
        Some(codec) => Ok(codec),
        None => Err(PixelError::unsupported(format!(
            "no decoder for {transfer_syntax}"
        ))),
    }
}

/// Decodes one frame, its fragments joined, to exact samples. Native frames are little endian and
/// begin with the first bit of their first byte. Where a code stream tells of itself what the header
/// says otherwise (its size, the bits and the sign of its samples, its colours), it is the stream
/// that counts (PS3.5 §8.2); [`Frame::agrees_with`] tells whether the header may be kept.
///
/// # Errors
/// Frames that are damaged, larger than `limits`, or of a kind that no decoder here knows.
pub fn decode(
    frame: &[u8],
    description: &PixelDescription,
    transfer_syntax: &TransferSyntax,
    limits: &Limits,
) -> Result<Frame, PixelError> {
    decode_at_least(frame, description, transfer_syntax, limits, u32::MAX)
}

/// Decodes one frame with its sides halved as often as its longer one keeps at least `side` pixels,
/// where the code stream makes that cheap: by the resolution levels of JPEG 2000 and HTJ2K, to an
/// eighth by the DCT of lossy JPEG. [`Frame::whole`] tells that it was done. Others come out whole, and
/// so do samples whose means are no samples: indexes of a palette, words with bits beside the value, a
/// sign that the code stream does not know of.
///
/// # Errors
/// Those of [`decode`].
pub fn decode_at_least(
    frame: &[u8],
    description: &PixelDescription,
    transfer_syntax: &TransferSyntax,
    limits: &Limits,
    side: u32,
) -> Result<Frame, PixelError> {
    let request = Request {
        description,
        limits,
        side,
    };
    match supported(transfer_syntax)? {
        Codec::Native => native::decode(frame, &request),
        Codec::Deflated => native::inflate(frame, &request),
        Codec::Rle => rle::decode(frame, &request),
        Codec::Jpeg => jpeg::decode(frame, &request),
        Codec::JpegLs => jpeg_ls::decode(frame, &request),
        Codec::Jpeg2000 => jpeg_2000::decode(frame, &request),
        Codec::JpegXl => jpeg_xl::decode(frame, &request),
        Codec::Video => Err(PixelError::unsupported("video is not decoded")),
    }
}
