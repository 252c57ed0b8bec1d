//! The small streams that the tests decode: 24 × 32 pixels each.

use std::{fs, path::Path};

use pixel::{Photometric, PixelDescription, PixelKind};

/// What a data set says of one.
pub(crate) fn description(samples: u16, bits: u16) -> PixelDescription {
    PixelDescription {
        rows: 24,
        columns: 32,
        samples_per_pixel: samples,
        bits_allocated: if bits > 8 { 16 } else { 8 },
        bits_stored: bits,
        high_bit: bits - 1,
        signed: false,
        photometric: Photometric::parse(if samples == 1 { "MONOCHROME2" } else { "RGB" }),
        planar: false,
        frames: 1,
        lossy: false,
        kind: PixelKind::Integer,
    }
}

/// Its bytes, or those of its pixels.
pub(crate) fn stream(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/streams");
    fs::read(folder.join(name)).unwrap()
}
