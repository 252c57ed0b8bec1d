//! Where the frames of pixel data lie (PS3.5 §8, §A.4).

use dicom_core::{Tag, VR};

use crate::DatasetError;

/// A run of bytes of the (inflated) data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First byte, counted from the start of the data set.
    pub offset: u64,
    /// How many bytes.
    pub length: u64,
}

/// The pixel data of a data set: (7FE0,0010), (7FE0,0008) or (7FE0,0009) at top level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PixelData {
    /// Which of the three.
    pub tag: Tag,
    /// Its value representation.
    pub vr: VR,
    /// Where its value begins in the (inflated) data set.
    pub offset: u64,
    /// Bytes of a native value; none: encapsulated.
    pub length: Option<u64>,
    /// Where the frames lie.
    pub frames: FrameTable,
}

/// Where each frame lies in the (inflated) data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameTable {
    /// Frames of equal size, one after the other without padding.
    Native {
        /// Where the first begins.
        offset: u64,
        /// Bits of one frame; 1-bit frames need not end on a byte.
        frame_bits: u64,
        /// How many whole frames the value holds, at most Number of Frames (0028,0008).
        count: u32,
    },
    /// Compressed frames of one fragment or more each.
    Encapsulated(Fragments),
}

/// The fragments of encapsulated pixel data, item headers excluded, and which frame each is part of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fragments {
    offsets: Vec<u64>,
    lengths: Vec<u32>,
    /// Index of the first fragment of each frame; none: one fragment a frame.
    firsts: Option<Vec<u32>>,
}

impl FrameTable {
    /// How many frames there are.
    pub fn count(&self) -> u32 {
        unimplemented!()
    }

    /// The spans that make up a frame, counted from 0; none past the last. A frame of 1-bit pixels
    /// begins in the first byte of its span, at bit `index0 × frame_bits % 8`.
    pub fn frame(&self, _index0: u32) -> Option<Vec<Span>> {
        unimplemented!()
    }

    /// The table as it is kept in the index.
    pub fn to_bytes(&self) -> Vec<u8> {
        unimplemented!()
    }

    /// Reads what [`FrameTable::to_bytes`] wrote.
    pub fn from_bytes(_bytes: &[u8]) -> Result<Self, DatasetError> {
        unimplemented!()
    }
}
