//! What a header says of showing a frame: rescale, windows, look-up tables, palettes, overlays,
//! shutters. Of enhanced objects the frame's own functional groups come first, then the shared ones
//! (PS3.3 §C.7.6.16).

use dataset::{Header, Span, Tag, Value};

use super::{
    level::{Level, LongValues, lies_in},
    overlay::Overlay,
    palette::Palette,
    settings::{Region, Turn, Window, WindowFunction},
    shutter::Shutter,
    smaller::Content,
    table::Table,
};
use crate::Photometric;

/// From stored values to those that windows are of (PS3.3 §C.11.1).
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Modality {
    /// `stored · slope + intercept` (§C.11.1.1.2).
    Rescale { slope: f64, intercept: f64 },
    /// Modality LUT Sequence (§C.11.1.1.1).
    Table(Table),
}

/// From the output of the VOI LUT to grays (PS3.3 §C.11.4, §C.11.6).
#[derive(Clone, Debug, PartialEq)]
pub(super) enum PresentationLut {
    /// The lowest value is black.
    Identity,
    /// The lowest value is white.
    Inverse,
    /// Presentation LUT Sequence.
    Table(Table),
}

/// Pixel Padding Value and Range Limit (PS3.3 §C.7.5.1.1.2): what is no part of the image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Padding {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Padding {
    pub(super) fn holds(&self, stored: f64) -> bool {
        (self.low..=self.high).contains(&stored)
    }
}

/// What a header, and a presentation state over it, say of showing a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Presentation {
    pub(super) content: Content,
    /// Pixel Representation (0028,0103): stored values may be negative.
    pub(super) signed: bool,
    pub(super) modality: Modality,
    pub(super) windows: Vec<Window>,
    /// The VOI LUTs; other views of the image than its windows.
    pub(super) tables: Vec<Table>,
    pub(super) lut: PresentationLut,
    pub(super) palette: Option<Palette>,
    pub(super) padding: Option<Padding>,
    pub(super) overlays: Vec<Overlay>,
    pub(super) shutter: Shutter,
    /// ICC Profile (0028,2000), also of the first optical path.
    pub(super) profile: Option<Vec<u8>>,
    /// The displayed area of a presentation state.
    pub(super) area: Option<Region>,
    /// The spatial transformation of a presentation state.
    pub(super) turn: Turn,
}

const SHARED_GROUPS: Tag = Tag(0x5200, 0x9229);
const FRAME_GROUPS: Tag = Tag(0x5200, 0x9230);
const FRAME_VOI_LUT: Tag = Tag(0x0028, 0x9132);
const PIXEL_VALUE_TRANSFORMATION: Tag = Tag(0x0028, 0x9145);
const OPTICAL_PATHS: Tag = Tag(0x0048, 0x0105);
pub(super) const MODALITY_LUT: Tag = Tag(0x0028, 0x3000);
const VOI_LUT: Tag = Tag(0x0028, 0x3010);
const LUT_DESCRIPTOR: Tag = Tag(0x0028, 0x3002);
const LUT_DATA: Tag = Tag(0x0028, 0x3006);
const INTERCEPT: Tag = Tag(0x0028, 0x1052);
pub(super) const SLOPE: Tag = Tag(0x0028, 0x1053);
const WINDOW_CENTER: Tag = Tag(0x0028, 0x1050);
const WINDOW_WIDTH: Tag = Tag(0x0028, 0x1051);
const VOI_LUT_FUNCTION: Tag = Tag(0x0028, 0x1056);
const PRESENTATION_LUT: Tag = Tag(0x2050, 0x0010);
const PRESENTATION_LUT_SHAPE: Tag = Tag(0x2050, 0x0020);
const PIXEL_REPRESENTATION: Tag = Tag(0x0028, 0x0103);
const PADDING: Tag = Tag(0x0028, 0x0120);
const PADDING_LIMIT: Tag = Tag(0x0028, 0x0121);
const PHOTOMETRIC: Tag = Tag(0x0028, 0x0004);
const ICC_PROFILE: Tag = Tag(0x0028, 0x2000);
pub(super) const SOFTCOPY_VOI_LUT: Tag = Tag(0x0028, 0x3110);

impl Presentation {
    /// Where the values lie that are too long to be in the header: look-up tables, palettes,
    /// overlays, an ICC profile.
    pub fn long_values(header: &Header) -> Vec<Span> {
        let mut found = Vec::new();
        for element in &header.elements {
            let within = match (&element.value, element.tag) {
                (
                    Value::Items(items),
                    MODALITY_LUT | VOI_LUT | PRESENTATION_LUT | OPTICAL_PATHS | SOFTCOPY_VOI_LUT,
                ) => items.as_slice(),
                (value, tag) if is_wanted(tag) => {
                    found.extend(lies_in(value));
                    continue;
                }
                _ => continue,
            };
            // Of a presentation state the tables lie a sequence deeper.
            let mut levels: Vec<_> = within.iter().collect();
            while let Some(level) = levels.pop() {
                for element in level {
                    match &element.value {
                        Value::Items(items) if element.tag == VOI_LUT => levels.extend(items),
                        value if is_wanted(element.tag) => found.extend(lies_in(value)),
                        _ => {}
                    }
                }
            }
        }
        found
    }

    /// What `header` says of frame `index0`; `long`: what lies at [`Presentation::long_values`].
    /// A table whose bytes are not at hand counts as none.
    pub fn read(header: &Header, index0: u32, long: &LongValues) -> Self {
        let top = Level::top(header, long);
        let groups = Groups::new(top, index0);
        let signed = top.integer(PIXEL_REPRESENTATION) == Some(1);
        let modality = modality(&top, &groups.of(PIXEL_VALUE_TRANSFORMATION), signed);
        let (windows, tables) = views(&groups.of(FRAME_VOI_LUT), &modality, signed);
        let photometric = top.text(PHOTOMETRIC).unwrap_or_default();
        let monochrome1 = Photometric::parse(photometric.trim()) == Photometric::Monochrome1;
        let lut = match presentation_lut(&top) {
            Some(PresentationLut::Identity) | None if monochrome1 => PresentationLut::Inverse,
            lut => lut.unwrap_or(PresentationLut::Identity),
        };
        Self {
            content: Content::of(&top, &Photometric::parse(photometric.trim())),
            signed,
            modality,
            windows,
            tables,
            lut,
            palette: Palette::read(&top, signed),
            padding: padding(&top, signed),
            overlays: Overlay::all(&top, index0),
            shutter: Shutter::read(&top),
            profile: profile(&top),
            area: None,
            turn: Turn::default(),
        }
    }
}

/// The modality LUT of `top`, else the rescaling of `transformation`.
pub(super) fn modality(top: &Level<'_>, transformation: &Level<'_>, signed: bool) -> Modality {
    let table = top
        .items(MODALITY_LUT)
        .next()
        .and_then(|item| item.table(LUT_DESCRIPTOR, LUT_DATA, signed));
    match table {
        Some(table) => Modality::Table(table),
        None => Modality::Rescale {
            slope: transformation.decimal(SLOPE).unwrap_or(1.0),
            intercept: transformation.decimal(INTERCEPT).unwrap_or(0.0),
        },
    }
}

/// The windows and the VOI LUTs of a level (PS3.3 §C.11.2).
pub(super) fn views(
    level: &Level<'_>,
    modality: &Modality,
    signed: bool,
) -> (Vec<Window>, Vec<Table>) {
    let function = match level.text(VOI_LUT_FUNCTION).as_deref().map(str::trim) {
        Some("LINEAR_EXACT") => WindowFunction::LinearExact,
        Some("SIGMOID") => WindowFunction::Sigmoid,
        _ => WindowFunction::Linear,
    };
    let centers = level.decimals(WINDOW_CENTER);
    let windows = centers.into_iter().zip(level.decimals(WINDOW_WIDTH));
    let windows = windows.map(|(center, width)| Window {
        center,
        width,
        // A linear window has a width of at least 1: a narrower one is of the other kind.
        function: match function {
            WindowFunction::Linear if width < 1.0 => WindowFunction::LinearExact,
            function => function,
        },
    });
    let below_zero = match modality {
        Modality::Rescale { slope, intercept } => signed || *intercept < 0.0 || *slope < 0.0,
        Modality::Table(_) => false,
    };
    let tables = level
        .items(VOI_LUT)
        .filter_map(|item| item.table(LUT_DESCRIPTOR, LUT_DATA, below_zero));
    (windows.filter(Window::is_valid).collect(), tables.collect())
}

pub(super) fn presentation_lut(top: &Level<'_>) -> Option<PresentationLut> {
    let table = top
        .items(PRESENTATION_LUT)
        .next()
        .and_then(|item| item.table(LUT_DESCRIPTOR, LUT_DATA, false));
    if let Some(table) = table {
        return Some(PresentationLut::Table(table));
    }
    match top.text(PRESENTATION_LUT_SHAPE)?.trim() {
        "INVERSE" => Some(PresentationLut::Inverse),
        "IDENTITY" => Some(PresentationLut::Identity),
        _ => None,
    }
}

/// The range of stored values that are no part of the image. Both may be read as unsigned where the
/// pixels are signed.
fn padding(top: &Level<'_>, signed: bool) -> Option<Padding> {
    let value = |tag| {
        let value = top.integer(tag)?;
        let value = if signed && value > i64::from(i16::MAX) {
            value - 65_536
        } else {
            value
        };
        Some(value as f64)
    };
    let one = value(PADDING)?;
    let other = value(PADDING_LIMIT).unwrap_or(one);
    Some(Padding {
        low: one.min(other),
        high: one.max(other),
    })
}

fn profile(top: &Level<'_>) -> Option<Vec<u8>> {
    let of_path = || top.items(OPTICAL_PATHS).next()?.bytes(ICC_PROFILE);
    let profile = top.bytes(ICC_PROFILE).or_else(of_path)?;
    Some(profile.to_vec())
}

/// Whether a value is one that a rendering reads although it is long.
fn is_wanted(tag: Tag) -> bool {
    let of_palette = (0x1201..=0x1203).contains(&tag.1) || (0x1221..=0x1223).contains(&tag.1);
    tag == LUT_DATA
        || tag == ICC_PROFILE
        || (tag.0 == 0x0028 && of_palette)
        || (Overlay::is_group(tag.0) && tag.1 == 0x3000)
}

/// The functional groups of one frame.
struct Groups<'h> {
    top: Level<'h>,
    levels: Vec<Level<'h>>,
}

impl<'h> Groups<'h> {
    fn new(top: Level<'h>, index0: u32) -> Self {
        let own = top.items(FRAME_GROUPS).nth(index0 as usize);
        let shared = top.items(SHARED_GROUPS).next();
        Self {
            top,
            levels: own.into_iter().chain(shared).collect(),
        }
    }

    /// The attributes of a functional group; where the object has none, the top of the data set.
    fn of(&self, group: Tag) -> Level<'h> {
        let found = |level: &Level<'h>| level.items(group).next();
        self.levels.iter().find_map(found).unwrap_or(self.top)
    }
}
