//! What a rendering asks for (PS3.18 §8.3.5).

/// The media type of a rendered image (PS3.18 §8.7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFormat {
    /// `image/jpeg`.
    Jpeg,
    /// `image/png`.
    Png,
    /// `image/webp`, lossless.
    Webp,
}

/// How the values of a window become grays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WindowFunction {
    /// `LINEAR` (PS3.3 §C.11.2.1.2.1).
    #[default]
    Linear,
    /// `LINEAR_EXACT` (PS3.3 §C.11.2.1.3.2).
    LinearExact,
    /// `SIGMOID` (PS3.3 §C.11.2.1.3.1).
    Sigmoid,
}

/// A window in the values after the modality LUT (PS3.3 §C.11.2.1.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Window Center.
    pub center: f64,
    /// Window Width: at least 1 of a linear one, more than 0 of the others.
    pub width: f64,
    /// VOI LUT Function.
    pub function: WindowFunction,
}

impl Window {
    /// Whether its width is one that its function may have.
    pub fn is_valid(&self) -> bool {
        let narrowest = match self.function {
            WindowFunction::Linear => self.width >= 1.0,
            WindowFunction::LinearExact | WindowFunction::Sigmoid => self.width > 0.0,
        };
        self.center.is_finite() && self.width.is_finite() && narrowest
    }
}

/// A part of an image, in its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// The first column.
    pub left: u32,
    /// The first row.
    pub top: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// A part of an image, in fractions of its sides from 0 to 1 (PS3.18 §9.1.2.2.5).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// Where it begins from the left …
    pub left: f64,
    /// … and from the top.
    pub top: f64,
    /// Where it ends from the left …
    pub right: f64,
    /// … and from the top.
    pub bottom: f64,
}

impl Part {
    /// The part of an image of `columns` and `rows`: every pixel that it touches.
    pub(super) fn of(&self, columns: u32, rows: u32) -> Region {
        let span = |from: f64, to: f64, side: u32| {
            let side = f64::from(side);
            // Clamped to the side: the conversions are exact.
            let first = (from * side).floor().clamp(0.0, side) as u32;
            let end = (to * side).ceil().clamp(0.0, side) as u32;
            (first, end.saturating_sub(first))
        };
        let (left, width) = span(self.left, self.right, columns);
        let (top, height) = span(self.top, self.bottom, rows);
        Region {
            left,
            top,
            width,
            height,
        }
    }
}

/// Turned clockwise, then mirrored (PS3.3 §C.10.6).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Quarter turns, clockwise.
    pub quarters: u8,
    /// Left becomes right after that.
    pub flip_horizontal: bool,
    /// Up becomes down after that.
    pub flip_vertical: bool,
}

/// What becomes of an ICC profile (PS3.18 §8.3.5.1.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColourManagement {
    /// Colours are converted to sRGB, which is what browsers take an image without a profile for.
    #[default]
    Srgb,
    /// Colours stay as they are, and the profile goes into the file.
    Embed,
    /// Colours stay as they are, without a profile.
    Ignore,
}

/// How a frame is to be rendered (PS3.18 §8.3.5).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rendering {
    /// The window; none: one of the instance's own, else the range of its values.
    pub window: Option<Window>,
    /// Which of the instance's windows, then of its VOI LUTs, from 0; one that is not there is the
    /// first.
    pub view: usize,
    /// Width and height that the image is fitted into, its aspect ratio kept; none: as it is.
    pub size: Option<(u32, u32)>,
    /// The part of the image that is shown; what is outside of the image is left out.
    pub region: Option<Region>,
    /// The same in fractions.
    pub part: Option<Part>,
    /// How the part is turned, after what the presentation says.
    pub turn: Turn,
    /// Whether overlay graphics are drawn.
    pub graphics: bool,
    /// Whether shutters cover what they are to cover.
    pub shutters: bool,
    /// What becomes of an ICC profile.
    pub colours: ColourManagement,
    /// The media type.
    pub format: ImageFormat,
    /// JPEG quality, 1 to 100.
    pub quality: u8,
}

impl Default for Rendering {
    fn default() -> Self {
        Self {
            window: None,
            view: 0,
            size: None,
            region: None,
            part: None,
            turn: Turn::default(),
            graphics: true,
            shutters: true,
            colours: ColourManagement::Srgb,
            format: ImageFormat::Jpeg,
            quality: 90,
        }
    }
}
