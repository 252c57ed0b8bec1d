//! `[limits]`: what bounds memory, time and disk.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigError, error::within};

/// What bounds memory, time and disk.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The largest object that is taken in.
    pub object_bytes: u64,
    /// What a data set may hold besides pixel data and other bulk values.
    pub header_bytes: u64,
    /// The largest STOW-RS request; each of its objects is bounded by `object_bytes` too.
    pub request_bytes: u64,
    /// The longest metadata (DICOM JSON, XML) of a STOW-RS request; it is held in memory.
    pub request_metadata_bytes: u64,
    /// How many bytes one byte of a compressed STOW-RS request may become, past 16 MiB.
    pub request_ratio: u32,
    /// Bulk data of a STOW-RS request of metadata that is held in memory until its objects are made;
    /// more goes to a file without a name in `server.data_dir`.
    pub request_memory_bytes: u32,
    /// New objects are refused while the disk of the data folder or of an SQLite index has less free
    /// space (A700H; HTTP 507).
    pub disk_watermark_bytes: u64,
    /// While anybody receives, objects without a row that began to come more recently than this are
    /// left alone by `sweep` and `delete`: they may be on their way in.
    pub sweep_floor_seconds: u32,
    /// Matches that a search returns at most.
    pub results: u32,
    /// Frames rendered or decoded at a time; 0: as many as the machine has cores.
    pub renders: u32,
    /// The largest frame that is decoded, and the largest picture that is drawn.
    pub render_bytes: u64,
    /// The most rows or columns of a frame that is decoded.
    pub render_side: u32,
    /// How long decoding and rendering a frame may take.
    pub render_seconds: u32,
    /// Frames that wait for being decoded, of those that somebody looks at and of whole objects each, half
    /// of them for one client; past that a picture is refused (HTTP 503), and whole objects wait.
    pub render_queue: u32,
    /// Memory for frames that are read, wait or are decoded, of each of the two, half of it for one
    /// client; past that they wait.
    pub render_memory_bytes: u64,
    /// How long the place of an instance that was retrieved is taken from memory; 0: never. What another
    /// node changes is seen after it.
    pub located_seconds: u32,
    /// What such places may take, bytes.
    pub located_bytes: u64,
    /// Headers that a metadata request (WADO-RS) holds at a time.
    pub metadata_page_instances: u32,
    /// The same in bytes, compressed; one header is held whatever its length.
    pub metadata_page_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            object_bytes: 64 << 30,
            header_bytes: 64 << 20,
            request_bytes: 64 << 30,
            request_metadata_bytes: 32 << 20,
            request_ratio: 200,
            request_memory_bytes: 4 << 20,
            disk_watermark_bytes: 1 << 30,
            sweep_floor_seconds: 60 * 60,
            results: 10_000,
            renders: 0,
            render_bytes: 256 << 20,
            render_side: 65_535,
            render_seconds: 60,
            render_queue: 512,
            render_memory_bytes: 1 << 30,
            located_seconds: 2,
            located_bytes: 64 << 20,
            metadata_page_instances: 200,
            metadata_page_bytes: 1 << 20,
        }
    }
}

impl Limits {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        const MIB: u64 = 1 << 20;
        let any = 0..=u64::from(u32::MAX) * MIB;
        within("limits.object_bytes", self.object_bytes, MIB..=*any.end())?;
        within("limits.header_bytes", self.header_bytes, MIB..=1 << 32)?;
        within("limits.request_bytes", self.request_bytes, MIB..=*any.end())?;
        within(
            "limits.request_metadata_bytes",
            self.request_metadata_bytes,
            MIB..=1 << 30,
        )?;
        let ratio = u64::from(self.request_ratio);
        within("limits.request_ratio", ratio, 1..=1_000_000)?;
        within(
            "limits.request_memory_bytes",
            self.request_memory_bytes.into(),
            0..=1 << 30,
        )?;
        within(
            "limits.disk_watermark_bytes",
            self.disk_watermark_bytes,
            any,
        )?;
        within(
            "limits.sweep_floor_seconds",
            self.sweep_floor_seconds.into(),
            60..=30 * 24 * 60 * 60,
        )?;
        within("limits.results", self.results.into(), 1..=1_000_000)?;
        self.validate_renders()?;
        within("limits.located_seconds", self.located_seconds.into(), 0..=5)?;
        within("limits.located_bytes", self.located_bytes, 0..=1 << 36)?;
        within(
            "limits.metadata_page_instances",
            self.metadata_page_instances.into(),
            1..=100_000,
        )?;
        within(
            "limits.metadata_page_bytes",
            self.metadata_page_bytes,
            0..=1 << 32,
        )
    }

    fn validate_renders(&self) -> Result<(), ConfigError> {
        const MIB: u64 = 1 << 20;
        within("limits.renders", self.renders.into(), 0..=1024)?;
        within("limits.render_bytes", self.render_bytes, MIB..=1 << 36)?;
        within("limits.render_side", self.render_side.into(), 1..=65_535)?;
        within(
            "limits.render_seconds",
            self.render_seconds.into(),
            1..=3600,
        )?;
        within("limits.render_queue", self.render_queue.into(), 1..=65_536)?;
        within(
            "limits.render_memory_bytes",
            self.render_memory_bytes,
            MIB..=1 << 40,
        )
    }
}
