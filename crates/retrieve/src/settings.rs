//! What is configured, and what a rendering asks for.

/// Bounds of what is decoded, rendered and read of the index.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Frames decoded or rendered at once.
    pub render_concurrency: usize,
    /// The largest frame, decoded, bytes; a larger one is refused.
    pub max_render_bytes: u64,
    /// Headers read of the index at once for metadata.
    pub metadata_page_instances: u32,
    /// The same in bytes, compressed; one header is read whatever its length.
    pub metadata_page_bytes: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            render_concurrency: 2,
            max_render_bytes: 256 << 20,
            metadata_page_instances: 200,
            metadata_page_bytes: 1 << 20,
        }
    }
}

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

/// A rendered frame.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The file of the image.
    pub bytes: bytes::Bytes,
    /// Its media type.
    pub format: ImageFormat,
}
