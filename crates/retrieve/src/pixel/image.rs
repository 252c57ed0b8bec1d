//! The description of an image's pixels (PS3.3 §C.7.6.3).

use dataset::{Header, Tag};

use super::{Layout, Undecodable, ensure};
use crate::RetrieveError;

/// Photometric Interpretation (PS3.3 §C.7.6.3.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Photometric {
    /// The lowest value is white.
    Monochrome1,
    /// The lowest value is black.
    Monochrome2,
    /// Indexes of a palette.
    Palette,
    /// Red, green, blue.
    Rgb,
    /// Luminance and two chrominances.
    YbrFull,
    /// The same, chrominances for every second pixel of a row; native only.
    YbrFull422,
    /// Any other, by its defined term: `YBR_ICT`, `YBR_RCT` …
    Other(String),
}

impl Photometric {
    fn parse(term: &str) -> Self {
        match term {
            "MONOCHROME1" => Self::Monochrome1,
            "MONOCHROME2" => Self::Monochrome2,
            "PALETTE COLOR" => Self::Palette,
            "RGB" => Self::Rgb,
            "YBR_FULL" => Self::YbrFull,
            "YBR_FULL_422" => Self::YbrFull422,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Its defined term.
    pub(crate) fn term(&self) -> &str {
        match self {
            Self::Monochrome1 => "MONOCHROME1",
            Self::Monochrome2 => "MONOCHROME2",
            Self::Palette => "PALETTE COLOR",
            Self::Rgb => "RGB",
            Self::YbrFull => "YBR_FULL",
            Self::YbrFull422 => "YBR_FULL_422",
            Self::Other(term) => term,
        }
    }
}

/// The description of an image's pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// Rows (0028,0010).
    pub(crate) rows: u16,
    /// Columns (0028,0011).
    pub(crate) columns: u16,
    /// Samples per Pixel (0028,0002).
    pub(crate) samples: u16,
    /// Bits Allocated (0028,0100).
    pub(crate) bits_allocated: u16,
    /// Bits Stored (0028,0101).
    pub(crate) bits_stored: u16,
    /// High Bit (0028,0102).
    pub(crate) high_bit: u16,
    /// Pixel Representation (0028,0103): two's complement.
    pub(crate) signed: bool,
    /// Photometric Interpretation (0028,0004).
    pub(crate) photometric: Photometric,
    /// Planar Configuration (0028,0006).
    pub(crate) planar: bool,
    /// Number of Frames (0028,0008).
    pub(crate) frames: u32,
    /// Lossy Image Compression (0028,2110) is `01`.
    pub(crate) lossy: bool,
}

impl Image {
    /// Reads the description from a header.
    pub(crate) fn of(header: &Header) -> Result<Self, RetrieveError> {
        let number = |element| {
            header
                .number(Tag(0x0028, element))
                .and_then(|number| u16::try_from(number).ok())
        };
        let required = |element| {
            number(element).ok_or(RetrieveError::Damaged {
                reason: "the image's description is not complete",
            })
        };
        let bits_allocated = required(0x0100)?;
        let bits_stored = number(0x0101).unwrap_or(bits_allocated);
        let photometric = header.text(Tag(0x0028, 0x0004)).unwrap_or_default();
        Ok(Self {
            rows: required(0x0010)?,
            columns: required(0x0011)?,
            samples: number(0x0002).unwrap_or(1),
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
        })
    }

    /// Pixels of a frame.
    pub(crate) fn pixels(&self) -> u64 {
        u64::from(self.rows) * u64::from(self.columns)
    }

    /// Bytes of a word that holds a sample.
    pub(crate) fn sample_bytes(&self) -> usize {
        usize::from(self.bits_allocated / 8)
    }

    /// Bytes of a decoded frame; whole bytes a sample.
    pub(crate) fn frame_bytes(&self) -> u64 {
        self.pixels() * u64::from(self.samples) * self.sample_bytes() as u64
    }

    /// As the header describes it.
    pub(crate) fn as_described(&self) -> Layout {
        Layout {
            photometric: self.photometric.clone(),
            planar: self.planar,
            lossy: self.lossy,
        }
    }

    /// As the header describes it, samples pixel by pixel.
    pub(super) fn interleaved(&self, lossy: bool) -> Layout {
        let photometric = match self.photometric {
            // A codec's planes are whole: nothing is sub-sampled any more.
            Photometric::YbrFull422 => Photometric::YbrFull,
            ref other => other.clone(),
        };
        Layout {
            photometric,
            planar: false,
            lossy,
        }
    }

    /// Refuses what no decoder here is right for.
    pub(super) fn check(&self) -> Result<(), Undecodable> {
        ensure(self.rows > 0 && self.columns > 0, "the image has no pixels")?;
        ensure(
            matches!(self.samples, 1 | 3),
            "neither 1 nor 3 samples a pixel",
        )?;
        ensure(
            matches!(self.bits_allocated, 8 | 16 | 32 | 64),
            "bits allocated are not 8, 16, 32 or 64",
        )?;
        let stored = 1..=self.bits_allocated;
        ensure(
            stored.contains(&self.bits_stored) && self.high_bit < self.bits_allocated,
            "bits stored do not fit bits allocated",
        )
    }
}
