//! The description of an image's pixels (PS3.3 §C.7.6.3).

use dataset::{Header, Tag};

use crate::{Photometric, PixelError};

/// Which of the elements of pixel data an image has (PS3.3 §C.7.6.3, §C.7.6.24, §C.7.6.25).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PixelKind {
    /// Pixel Data (7FE0,0010).
    Integer,
    /// Float Pixel Data (7FE0,0008).
    Float,
    /// Double Float Pixel Data (7FE0,0009).
    Double,
}

/// The description of an image's pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PixelDescription {
    /// Rows (0028,0010).
    pub rows: u16,
    /// Columns (0028,0011).
    pub columns: u16,
    /// Samples per Pixel (0028,0002).
    pub samples_per_pixel: u16,
    /// Bits Allocated (0028,0100).
    pub bits_allocated: u16,
    /// Bits Stored (0028,0101).
    pub bits_stored: u16,
    /// High Bit (0028,0102).
    pub high_bit: u16,
    /// Pixel Representation (0028,0103): two's complement.
    pub signed: bool,
    /// Photometric Interpretation (0028,0004).
    pub photometric: Photometric,
    /// Planar Configuration (0028,0006): samples plane by plane.
    pub planar: bool,
    /// Number of Frames (0028,0008).
    pub frames: u32,
    /// Lossy Image Compression (0028,2110) is `01`.
    pub lossy: bool,
    /// Which pixel data it is.
    pub kind: PixelKind,
}

impl PixelDescription {
    /// Reads the description from a header.
    pub fn of(header: &Header) -> Result<Self, PixelError> {
        let number = |element| {
            header
                .number(Tag(0x0028, element))
                .and_then(|number| u16::try_from(number).ok())
        };
        let required = |element| {
            number(element)
                .ok_or_else(|| PixelError::Description(format!("(0028,{element:04X}) is missing")))
        };
        let kind = match header.pixel_data.as_ref().map(|pixels| pixels.tag) {
            Some(Tag(0x7FE0, 0x0008)) => PixelKind::Float,
            Some(Tag(0x7FE0, 0x0009)) => PixelKind::Double,
            _ => PixelKind::Integer,
        };
        let bits_allocated = required(0x0100)?;
        let bits_stored = number(0x0101).unwrap_or(bits_allocated);
        let photometric = header.text(Tag(0x0028, 0x0004)).unwrap_or_default();
        Ok(Self {
            rows: required(0x0010)?,
            columns: required(0x0011)?,
            samples_per_pixel: number(0x0002).unwrap_or(1),
            bits_allocated,
            bits_stored,
            high_bit: number(0x0102).unwrap_or(bits_stored.saturating_sub(1)),
            signed: number(0x0103) == Some(1),
            photometric: Photometric::parse(photometric.trim()),
            planar: number(0x0006) == Some(1),
            frames: header
                .number(Tag(0x0028, 0x0008))
                .and_then(|frames| u32::try_from(frames).ok())
                .filter(|&frames| frames > 0)
                .unwrap_or(1),
            lossy: header.text(Tag(0x0028, 0x2110)).as_deref().map(str::trim) == Some("01"),
            kind,
        })
    }

    /// Pixels of a frame.
    pub fn pixels(&self) -> u64 {
        u64::from(self.rows) * u64::from(self.columns)
    }

    /// Bytes of a word that holds a sample; 1 where pixels are of one bit.
    pub fn sample_bytes(&self) -> usize {
        usize::from(self.bits_allocated.div_ceil(8))
    }

    /// Bytes of a decoded frame; whole bytes a sample.
    pub fn frame_bytes(&self) -> u64 {
        self.pixels() * u64::from(self.samples_per_pixel) * self.sample_bytes() as u64
    }

    /// Refuses what no decoder here is right for.
    pub(crate) fn check(&self) -> Result<(), PixelError> {
        let ensure = |condition: bool, reason: &str| match condition {
            true => Ok(()),
            false => Err(PixelError::Description(reason.into())),
        };
        ensure(self.rows > 0 && self.columns > 0, "the image has no pixels")?;
        ensure(
            matches!(self.samples_per_pixel, 1 | 3),
            "neither 1 nor 3 samples a pixel",
        )?;
        ensure(
            matches!(self.bits_allocated, 1 | 8 | 16 | 32 | 64),
            "bits allocated are not 1, 8, 16, 32 or 64",
        )?;
        let stored = 1..=self.bits_allocated;
        ensure(
            stored.contains(&self.bits_stored) && self.high_bit < self.bits_allocated,
            "bits stored do not fit bits allocated",
        )
    }
}
