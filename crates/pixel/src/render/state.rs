//! Grayscale softcopy presentation states (PS3.3 §A.33.1, §C.11.8; PS3.4 §N.2): what one says of an
//! image goes over what the image says of itself. Graphic annotations are not drawn.

use dataset::{Header, Tag};
use model::Uid;

use super::{
    attributes::{
        MODALITY_LUT, Presentation, PresentationLut, SLOPE, SOFTCOPY_VOI_LUT, modality,
        presentation_lut, views,
    },
    level::{Level, LongValues},
    settings::{Region, Turn},
    shutter::Shutter,
};

const REFERENCED_IMAGES: Tag = Tag(0x0008, 0x1140);
const REFERENCED_SOP: Tag = Tag(0x0008, 0x1155);
const REFERENCED_FRAMES: Tag = Tag(0x0008, 0x1160);
const DISPLAYED_AREAS: Tag = Tag(0x0070, 0x005A);
const TOP_LEFT: Tag = Tag(0x0070, 0x0052);
const BOTTOM_RIGHT: Tag = Tag(0x0070, 0x0053);
const HORIZONTAL_FLIP: Tag = Tag(0x0070, 0x0041);
const ROTATION: Tag = Tag(0x0070, 0x0042);

impl Presentation {
    /// The presentation of frame `index0` of instance `sop` under a presentation state; `long`: what
    /// lies at [`Presentation::long_values`] of `state`.
    #[must_use]
    pub fn under(self, state: &Header, long: &LongValues, sop: &Uid, index0: u32) -> Self {
        let top = Level::top(state, long);
        let mut presentation = self;
        let signed = presentation.signed;
        if top.items(MODALITY_LUT).next().is_some() || top.has(SLOPE) {
            presentation.modality = modality(&top, &top, signed);
        }
        let of_frame = |item: &Level<'_>| applies(item, sop, index0);
        if let Some(item) = top.items(SOFTCOPY_VOI_LUT).find(of_frame) {
            (presentation.windows, presentation.tables) =
                views(&item, &presentation.modality, signed);
        }
        // It stands for the polarity of the image too (PS3.4 §N.2.1.3).
        presentation.lut = presentation_lut(&top).unwrap_or(PresentationLut::Identity);
        let shutter = Shutter::read(&top);
        if !shutter.is_open() {
            presentation.shutter = shutter;
        }
        let area = top.items(DISPLAYED_AREAS).find(of_frame);
        presentation.area = area.and_then(|area| displayed(&area));
        let degrees = top.integer(ROTATION).unwrap_or(0);
        presentation.turn = Turn {
            quarters: degrees.rem_euclid(360).div_euclid(90) as u8,
            flip_horizontal: top.text(HORIZONTAL_FLIP).as_deref().map(str::trim) == Some("Y"),
            flip_vertical: false,
        };
        presentation
    }
}

/// Whether an item is of a frame: it names the instance and, if any, the frame; or names none.
fn applies(item: &Level<'_>, sop: &Uid, index0: u32) -> bool {
    let mut images = item.items(REFERENCED_IMAGES).peekable();
    if images.peek().is_none() {
        return true;
    }
    images.any(|image| {
        let frames = image.integers(REFERENCED_FRAMES);
        image.text(REFERENCED_SOP).as_deref().map(str::trim) == Some(sop.as_str())
            && (frames.is_empty() || frames.contains(&(i64::from(index0) + 1)))
    })
}

/// The displayed area (PS3.3 §C.10.4): its corners are pixels of the image, from 1, named by where
/// they are after the image was turned.
fn displayed(area: &Level<'_>) -> Option<Region> {
    let corner = |tag| match area.integers(tag)[..] {
        [column, row] => Some((column, row)),
        _ => None,
    };
    let (a, b) = (corner(TOP_LEFT)?, corner(BOTTOM_RIGHT)?);
    let span = |a: i64, b: i64| {
        let (first, last) = (a.min(b).max(1), a.max(b));
        let length = u32::try_from(last.checked_sub(first)? + 1).ok()?;
        Some((u32::try_from(first - 1).ok()?, length))
    };
    let ((left, width), (top, height)) = (span(a.0, b.0)?, span(a.1, b.1)?);
    Some(Region {
        left,
        top,
        width,
        height,
    })
}
