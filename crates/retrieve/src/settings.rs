//! What is configured, and what a rendering gives.

use std::time::Duration;

use pixel::render::ImageFormat;

/// Bounds of what is decoded, rendered and read of the index.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Frames decoded or rendered at once.
    pub render_concurrency: usize,
    /// The largest frame, decoded, bytes; a larger one is refused.
    pub max_render_bytes: u64,
    /// The most rows or columns of a frame.
    pub max_render_side: u32,
    /// How long a frame may take.
    pub render_time: Duration,
    /// Frames that wait, of each priority; half of them may be one client's.
    pub render_queue: usize,
    /// What waiting and running work of each priority may take, bytes, half of it one client's; a frame
    /// that takes more goes alone.
    pub render_memory_bytes: u64,
    /// How long the place of an instance is taken from memory; zero: never.
    pub located_time: Duration,
    /// What places in memory may take, bytes.
    pub located_bytes: u64,
    /// Headers read of the index at once for metadata.
    pub metadata_page_instances: u32,
    /// The same in bytes, compressed; one header is read whatever its length.
    pub metadata_page_bytes: u64,
    /// Instances whose metadata may be one answer.
    pub whole_instances: u32,
    /// Bytes of such an answer at most, uncompressed.
    pub whole_bytes: u64,
    /// Such answers made at once.
    pub whole_at_once: usize,
    /// Such answers kept in memory, bytes as they are encoded.
    pub whole_memory_bytes: u64,
    /// Instances that a series must have for its metadata to be kept in one piece.
    pub manifest_instances: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            render_concurrency: 2,
            max_render_bytes: 256 << 20,
            max_render_side: 65_535,
            render_time: Duration::from_secs(60),
            render_queue: 512,
            render_memory_bytes: 1 << 30,
            located_time: Duration::from_secs(2),
            located_bytes: 64 << 20,
            metadata_page_instances: 200,
            metadata_page_bytes: 1 << 20,
            whole_instances: 5000,
            whole_bytes: 64 << 20,
            whole_at_once: 2,
            whole_memory_bytes: 64 << 20,
            manifest_instances: 8,
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
