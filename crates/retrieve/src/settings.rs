//! What is configured, and what a rendering gives.

use pixel::render::ImageFormat;

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

/// A rendered frame.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The file of the image.
    pub bytes: bytes::Bytes,
    /// Its media type.
    pub format: ImageFormat,
}
