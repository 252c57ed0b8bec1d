//! What samples mean (PS3.3 §C.7.6.3.1.2).

/// Photometric Interpretation (0028,0004).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Photometric {
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
    /// The same, chrominances for every second pixel of a row. Decoded frames are never this: their
    /// chrominances are given to each pixel, as `YbrFull`.
    YbrFull422,
    /// `YbrFull422` with luminance from 16 to 235 and chrominances from 16 to 240, retired. There is no
    /// term for it once its chrominances are given to each pixel: decoded frames are this all the same.
    YbrPartial422,
    /// Any other, by its defined term: `YBR_ICT`, `YBR_RCT` …
    Other(String),
}

impl Photometric {
    /// By defined term.
    pub fn parse(term: &str) -> Self {
        match term {
            "MONOCHROME1" => Self::Monochrome1,
            "MONOCHROME2" => Self::Monochrome2,
            "PALETTE COLOR" => Self::Palette,
            "RGB" => Self::Rgb,
            "YBR_FULL" => Self::YbrFull,
            "YBR_FULL_422" => Self::YbrFull422,
            "YBR_PARTIAL_422" => Self::YbrPartial422,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Its defined term.
    pub fn term(&self) -> &str {
        match self {
            Self::Monochrome1 => "MONOCHROME1",
            Self::Monochrome2 => "MONOCHROME2",
            Self::Palette => "PALETTE COLOR",
            Self::Rgb => "RGB",
            Self::YbrFull => "YBR_FULL",
            Self::YbrFull422 => "YBR_FULL_422",
            Self::YbrPartial422 => "YBR_PARTIAL_422",
            Self::Other(term) => term,
        }
    }

    /// Samples of a pixel of this kind; none: unknown.
    pub(crate) fn samples(&self) -> Option<u16> {
        match self {
            Self::Monochrome1 | Self::Monochrome2 | Self::Palette => Some(1),
            Self::Rgb | Self::YbrFull | Self::YbrFull422 | Self::YbrPartial422 => Some(3),
            Self::Other(_) => None,
        }
    }

    /// Whether two native pixels share their chrominances (PS3.3 §C.7.6.3.1.2).
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self, Self::YbrFull422 | Self::YbrPartial422)
    }

    /// What the samples are once chrominances were given to each pixel.
    pub(crate) fn widened(&self) -> Self {
        match self {
            Self::YbrFull422 => Self::YbrFull,
            other => other.clone(),
        }
    }
}
