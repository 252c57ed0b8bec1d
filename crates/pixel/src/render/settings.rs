//! What a rendering asks for (PS3.18 §8.3.5).

/// The media type of a rendered image (PS3.18 §8.7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageFormat {
    /// `image/jpeg`.
    Jpeg,
    /// `image/png`.
    Png,
}

/// A linear window in the values after the modality LUT (PS3.3 §C.11.2.1.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Window Center.
    pub center: f64,
    /// Window Width, at least 1.
    pub width: f64,
}

/// How a frame is to be rendered (PS3.18 §8.3.5).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rendering {
    /// The window; none: the instance's own, else the range of its values.
    pub window: Option<Window>,
    /// Width and height that the image is fitted into, its aspect ratio kept; none: as it is.
    pub size: Option<(u32, u32)>,
    /// The media type.
    pub format: ImageFormat,
    /// JPEG quality, 1 to 100.
    pub quality: u8,
}

impl Default for Rendering {
    fn default() -> Self {
        Self {
            window: None,
            size: None,
            format: ImageFormat::Jpeg,
            quality: 90,
        }
    }
}
