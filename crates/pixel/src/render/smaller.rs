//! Which renderings a frame will do that was decoded smaller than it is.

use dataset::Tag;

use super::{
    attributes::{Modality, Presentation},
    level::Level,
    settings::Rendering,
    voi::Voi,
};
use crate::Photometric;

/// What the samples of an image are to the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Their mean is a gray between.
    Grays,
    /// Their mean is a colour between.
    Colours,
    /// Names of colours or parts of the body, or bits: the mean of two is a third, or nothing.
    Labels,
}

/// Segmentation Storage and Label Map Segmentation Storage (PS3.4 §B.5).
const SEGMENTATIONS: [&str; 2] = [
    "1.2.840.10008.5.1.4.1.1.66.4",
    "1.2.840.10008.5.1.4.1.1.66.7",
];

impl Content {
    pub(super) fn of(top: &Level<'_>, photometric: &Photometric) -> Self {
        let class = top.text(Tag(0x0008, 0x0016)).unwrap_or_default();
        let is_bit = top.integer(Tag(0x0028, 0x0101)) == Some(1);
        let is_single = top.integer(Tag(0x0028, 0x0002)).unwrap_or(1) == 1;
        match photometric {
            _ if is_bit || SEGMENTATIONS.contains(&class.trim_end_matches(['\0', ' '])) => {
                Self::Labels
            }
            Photometric::Palette => Self::Labels,
            _ if is_single => Self::Grays,
            _ => Self::Colours,
        }
    }
}

impl Presentation {
    /// What the longer side of a frame must be at least, for [`crate::decode_at_least`], to be rendered
    /// as large as is asked for; `u32::MAX`: the whole frame is needed. So it is without a size; for
    /// what is given in pixels of the whole image, a part, overlays, shutters; for labels, padding and
    /// tables that a mean must not go through; for grays whose window is the range of all values.
    pub fn least_side(&self, rendering: &Rendering) -> u32 {
        let in_pixels = rendering.region.is_some()
            || rendering.part.is_some()
            || self.area.is_some()
            || (rendering.graphics && !self.overlays.is_empty())
            || (rendering.shutters && !self.shutter.is_open());
        let is_smooth = match self.content {
            Content::Labels => false,
            Content::Colours => true,
            Content::Grays => {
                let palette = self.palette.as_ref();
                matches!(self.modality, Modality::Rescale { .. })
                    && self.padding.is_none()
                    && !palette.is_some_and(|palette| palette.is_supplemental())
                    && Voi::given(self, rendering).is_some()
            }
        };
        match rendering.size {
            // Twice: codecs drop detail with coarser filters than the one that fits the picture.
            Some((width, height)) if is_smooth && !in_pixels => width.max(height).saturating_mul(2),
            _ => u32::MAX,
        }
    }
}
