//! Compressed frames to native pixels. What is not certain to be right is refused: a frame whose
//! code stream and header do not agree is an error, never a guess.

mod deflated;
mod image;
mod jpeg;
mod jpeg_2000;
mod jpeg_ls;
mod markers;
mod registry;
mod rle;
mod samples;

#[cfg(test)]
pub(crate) mod tests;

use model::TransferSyntax;

pub(crate) use image::{Image, Photometric};

/// A frame as native pixels.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// `rows × columns × samples`, little endian words of Bits Allocated.
    pub(crate) bytes: Vec<u8>,
    /// What the samples now are.
    pub(crate) layout: Layout,
}

/// What a codec may change of an image's description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Photometric Interpretation (0028,0004).
    pub(crate) photometric: Photometric,
    /// Planar Configuration (0028,0006): whether the samples come plane by plane.
    pub(crate) planar: bool,
    /// Whether the code stream dropped detail.
    pub(crate) lossy: bool,
}

/// Why a frame was not decoded.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub(crate) struct Undecodable {
    pub(crate) reason: String,
}

impl Undecodable {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

fn ensure(condition: bool, reason: &str) -> Result<(), Undecodable> {
    if condition {
        Ok(())
    } else {
        Err(Undecodable::new(reason))
    }
}

/// The codec of a transfer syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Codec {
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
    /// Native frames in fragments (§A.4.11).
    Uncompressed,
}

fn codec(transfer_syntax: &TransferSyntax) -> Option<Codec> {
    let codec = match transfer_syntax
        .as_str()
        .strip_prefix("1.2.840.10008.1.2.")?
    {
        "4.50" | "4.51" | "4.57" | "4.70" => Codec::Jpeg,
        "4.80" | "4.81" => Codec::JpegLs,
        "4.90" | "4.91" | "4.201" | "4.202" | "4.203" => Codec::Jpeg2000,
        "5" => Codec::Rle,
        "8.1" => Codec::Deflated,
        "1.98" => Codec::Uncompressed,
        _ => return None,
    };
    Some(codec)
}

/// Whether frames of a transfer syntax may be expected to decode.
pub(crate) fn is_decodable(transfer_syntax: &TransferSyntax) -> bool {
    codec(transfer_syntax).is_some()
}

/// Decodes one frame, its fragments joined.
pub(crate) fn decode(
    transfer_syntax: &TransferSyntax,
    frame: &[u8],
    image: &Image,
) -> Result<Decoded, Undecodable> {
    let codec = codec(transfer_syntax)
        .ok_or_else(|| Undecodable::new(format!("no decoder for {transfer_syntax}")))?;
    image.check()?;
    let decoded = match codec {
        Codec::Jpeg => jpeg::decode(frame, image),
        Codec::JpegLs => jpeg_ls::decode(transfer_syntax, frame, image),
        Codec::Jpeg2000 => jpeg_2000::decode(transfer_syntax, frame, image),
        Codec::Rle => rle::decode(frame, image),
        Codec::Deflated => deflated::inflate(frame, image),
        Codec::Uncompressed => deflated::copy(frame, image),
    }?;
    ensure(
        decoded.bytes.len() as u64 == image.frame_bytes(),
        "the decoded frame is not as long as its description says",
    )?;
    Ok(decoded)
}
