//! Pictures as JPEG.

use super::picture::Picture;
use crate::{
    PixelError,
    turbo::{self, LONGEST_SIDE, Pixels},
};

/// From this quality on, chrominances are of every pixel; below, of every second in both directions.
const WHOLE_CHROMINANCE: u8 = 90;

/// The file of a picture; `quality` from 1 to 100.
pub(super) fn encode(picture: &Picture, quality: u8) -> Result<Vec<u8>, PixelError> {
    if picture.columns.max(picture.rows) > LONGEST_SIDE {
        return Err(PixelError::TooLarge("JPEG has 65535 pixels a side".into()));
    }
    let pixels = Pixels {
        columns: picture.columns,
        rows: picture.rows,
        channels: picture.channels,
        bytes: &picture.bytes,
    };
    let whole = quality >= WHOLE_CHROMINANCE;
    turbo::encode(&pixels, quality, whole, picture.profile.as_deref())
}
