//! Frames that are native inside: deflated (PS3.5 §A.4.12) or merely in fragments (§A.4.11).

use std::io::Read;

use flate2::read::DeflateDecoder;

use super::{Decoded, Image, Layout, Undecodable, ensure};

/// Inflates a frame. More than a frame and its padding is an error, found before it is inflated.
pub(super) fn inflate(frame: &[u8], image: &Image) -> Result<Decoded, Undecodable> {
    let mut bytes = Vec::new();
    DeflateDecoder::new(frame)
        .take(image.frame_bytes() + 2)
        .read_to_end(&mut bytes)
        .map_err(|error| Undecodable::new(format!("a deflated frame is corrupt: {error}")))?;
    native(bytes, image)
}

/// Takes a frame as it is.
pub(super) fn copy(frame: &[u8], image: &Image) -> Result<Decoded, Undecodable> {
    native(frame.to_vec(), image)
}

/// The frame without its padding byte, exactly as the header describes it.
fn native(mut bytes: Vec<u8>, image: &Image) -> Result<Decoded, Undecodable> {
    let expected = image.frame_bytes();
    let length = bytes.len() as u64;
    ensure(
        length == expected || (length == expected + 1 && length.is_multiple_of(2)),
        "the frame is not as long as its description says",
    )?;
    bytes.truncate(usize::try_from(expected).unwrap_or(usize::MAX));
    Ok(Decoded {
        bytes,
        layout: Layout {
            photometric: image.photometric.clone(),
            planar: image.planar,
            lossy: false,
        },
    })
}
