//! The one registry of decoders, and the way through it.

use model::TransferSyntax;

use crate::{
    Frame, Limits, Photometric, PixelDescription, PixelError, Samples,
    codec::{jpeg, jpeg_2000, jpeg_ls, native, rle},
};

/// What a codec gives: little-endian words of Bits Allocated, and what they are.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) bytes: Vec<u8>,
    pub(crate) layout: Layout,
}

/// What a codec may change of an image's description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) photometric: Photometric,
    pub(crate) lossy: bool,
}

/// The codec of a transfer syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Codec {
    /// Native words (PS3.5 §8.1).
    Native,
    /// JPEG baseline, extended and lossless (PS3.5 §8.2.1).
    Jpeg,
    /// JPEG-LS (§8.2.3).
    JpegLs,
    /// JPEG 2000 and HTJ2K (§8.2.4).
    Jpeg2000,
    /// RLE (§8.2.2, §G).
    Rle,
    /// Deflated frames (§8.2.16).
    Deflated,
}

fn codec(transfer_syntax: &TransferSyntax) -> Option<Codec> {
    if transfer_syntax.is_native() {
        return Some(Codec::Native);
    }
    let codec = match transfer_syntax
        .as_str()
        .strip_prefix("1.2.840.10008.1.2.")?
    {
        "4.50" | "4.51" | "4.57" | "4.70" => Codec::Jpeg,
        "4.80" | "4.81" => Codec::JpegLs,
        "4.90" | "4.91" | "4.201" | "4.202" | "4.203" => Codec::Jpeg2000,
        "5" => Codec::Rle,
        "8.1" => Codec::Deflated,
        "1.98" => Codec::Native,
        _ => return None,
    };
    Some(codec)
}

/// Whether frames of a transfer syntax may be expected to decode.
pub fn is_decodable(transfer_syntax: &TransferSyntax) -> bool {
    codec(transfer_syntax).is_some()
}

/// Decodes one frame, its fragments joined. Native frames are little endian and begin with the
/// first bit of their first byte.
pub fn decode(
    frame: &[u8],
    description: &PixelDescription,
    transfer_syntax: &TransferSyntax,
    limits: &Limits,
) -> Result<Frame, PixelError> {
    let codec = codec(transfer_syntax)
        .ok_or_else(|| PixelError::unsupported(format!("no decoder for {transfer_syntax}")))?;
    description.check()?;
    let size = (description.rows.into(), description.columns.into());
    limits.check(
        size,
        description.samples_per_pixel,
        description.sample_bytes(),
    )?;
    let decoded = match codec {
        Codec::Native => return native::decode(frame, description),
        Codec::Deflated => return native::inflate(frame, description),
        Codec::Jpeg => jpeg::decode(frame, description),
        Codec::JpegLs => jpeg_ls::decode(transfer_syntax, frame, description),
        Codec::Jpeg2000 => jpeg_2000::decode(transfer_syntax, frame, description),
        Codec::Rle => rle::decode(frame, description),
    }?;
    finished(decoded, description)
}

fn finished(decoded: Decoded, description: &PixelDescription) -> Result<Frame, PixelError> {
    if decoded.bytes.len() as u64 != description.frame_bytes() {
        return Err(PixelError::damaged(
            "the decoded frame is not as long as its description says",
        ));
    }
    let width = description.sample_bytes();
    let samples = Samples::from_words(decoded.bytes, width, description.signed)
        .ok_or_else(|| PixelError::unsupported("an odd width of samples"))?;
    Ok(Frame {
        rows: description.rows.into(),
        columns: description.columns.into(),
        samples_per_pixel: description.samples_per_pixel,
        bits_stored: description.bits_stored,
        high_bit: description.high_bit,
        photometric: decoded.layout.photometric,
        lossy: decoded.layout.lossy,
        samples,
    })
}
