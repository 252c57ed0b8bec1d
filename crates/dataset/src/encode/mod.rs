//! Data sets as bytes (PS3.5 §7, §A).

use dicom_core::VR;
use model::TransferSyntax;

use crate::{DatasetError, Element, Header, Span};

/// Elements as a data set in `transfer_syntax` (implicit or explicit little endian), sequences and
/// items of defined length, values padded. For small data sets: identifiers, answers. Elements
/// whose values are not at hand (bulk, pixels) are left out.
pub fn elements(_elements: &[Element], _transfer_syntax: &TransferSyntax) -> Vec<u8> {
    unimplemented!()
}

/// A part of a data set that is put together from new bytes and stored ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// New bytes.
    Bytes(Vec<u8>),
    /// A run of the stored (inflated) data set.
    Source {
        /// Which run.
        span: Span,
        /// Bytes of a word whose order is reversed on the way; 1: copied as it is.
        swap: u8,
    },
}

impl Segment {
    /// How many bytes it makes.
    pub fn length(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Source { span, .. } => span.length,
        }
    }
}

/// What a data set becomes in `to`, Explicit or Implicit VR Little Endian: its header encoded anew
/// and runs of the stored data set; pixel data must be native. Group lengths are dropped.
pub fn transcode(_h: &Header, _to: &TransferSyntax) -> Result<Vec<Segment>, DatasetError> {
    unimplemented!()
}

/// A data set in Explicit VR Little Endian around pixel data that the caller makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AroundPixels {
    /// Everything before the value of Pixel Data (7FE0,0010), its header included.
    pub before: Vec<Segment>,
    /// Everything after it; begins with the padding byte of an odd `pixel_length`.
    pub after: Vec<Segment>,
}

/// The data set in Explicit VR Little Endian with native Pixel Data of `pixel_length` bytes put in
/// place of its pixel data; `overrides` replace or add elements (values little endian).
/// `(7FE0,0001)`–`(7FE0,0003)` are dropped. The caller sends `before`, `pixel_length` bytes, `after`.
pub fn header_with_native_pixels(
    _h: &Header,
    _overrides: &[Element],
    _pixel_vr: VR,
    _pixel_length: u64,
) -> Result<AroundPixels, DatasetError> {
    unimplemented!()
}
