//! Slices about as hard to compress as a body: a disc with rings in it and noise on all of it.

use anyhow::{Result, ensure};
use testkit::fixture::{Ct, Dataset, MULTIFRAME_WORD, Object, Syntax, fresh_uid, slices};

/// Rows and columns of every frame.
pub(crate) const SIDE: usize = 512;
const PIXELS: usize = SIDE * SIDE;
/// Multi-frame True Color Secondary Capture Image Storage.
const MULTIFRAME_COLOUR: &str = "1.2.840.10008.5.1.4.1.1.7.4";

/// The disc without noise.
#[derive(Debug)]
pub(crate) struct Scene {
    body: Vec<u16>,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let value = |at: usize| {
            let (x, y) = ((at % SIDE) as f64 - 256.0, (at / SIDE) as f64 - 256.0);
            let radius = x.hypot(y);
            match radius < 220.0 {
                true => (1040.0 + 60.0 * (radius / 15.0).sin()) as u16,
                false => 24,
            }
        };
        Self {
            body: (0..PIXELS).map(value).collect(),
        }
    }

    /// Stored values of 12 bits of one slice, row by row; no two numbers give the same.
    fn slice(&self, number: usize) -> impl Iterator<Item = u16> {
        let mut noise = number as u32 + 1;
        self.body.iter().map(move |value| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            value + (noise >> 27) as u16
        })
    }

    /// The instances of a CT series.
    pub(crate) fn series(&self, count: usize) -> Result<Vec<Object>> {
        let mut objects = slices(Ct::new("BENCH-1")?, u32::try_from(count)?)?;
        for (number, object) in objects.iter_mut().enumerate() {
            let length = object.dataset.len();
            ensure!(length > PIXELS * 2, "the fixture has no pixels");
            // Pixel Data is its last element.
            let pixels = &mut object.dataset[length - PIXELS * 2..];
            for (place, value) in pixels.chunks_exact_mut(2).zip(self.slice(number)) {
                place.copy_from_slice(&value.to_le_bytes());
            }
        }
        Ok(objects)
    }

    /// A file of many frames of 16 bits, 12 of them stored.
    pub(crate) fn gray_file(&self, frames: usize) -> Result<Vec<u8>> {
        let pixels = (0..frames).flat_map(|number| self.slice(number)).collect();
        let dataset = head(MULTIFRAME_WORD, frames)?
            .us(0x0028_0002, &[1])
            .text(0x0028_0004, "CS", "MONOCHROME2")
            .us(0x0028_0100, &[16])
            .us(0x0028_0101, &[12])
            .us(0x0028_0102, &[11])
            .words(0x7FE0_0010, "OW", pixels);
        file(MULTIFRAME_WORD, &dataset)
    }

    /// A file of many frames of 8 bits, red, green and blue.
    pub(crate) fn colour_file(&self, frames: usize) -> Result<Vec<u8>> {
        let colour = |value: u16| {
            let gray = (value / 5) as u8;
            [gray, gray / 2 + 30, 255 - gray / 2]
        };
        let pixels = (0..frames).flat_map(|number| self.slice(number).flat_map(colour));
        let dataset = head(MULTIFRAME_COLOUR, frames)?
            .us(0x0028_0002, &[3])
            .text(0x0028_0004, "CS", "RGB")
            .us(0x0028_0006, &[0])
            .us(0x0028_0100, &[8])
            .us(0x0028_0101, &[8])
            .us(0x0028_0102, &[7])
            .bytes(0x7FE0_0010, "OB", pixels.collect());
        file(MULTIFRAME_COLOUR, &dataset)
    }
}

fn head(class: &str, frames: usize) -> Result<Dataset> {
    Ok(Dataset::default()
        .text(0x0008_0016, "UI", class)
        .text(0x0008_0018, "UI", fresh_uid()?)
        .text(0x0008_0020, "DA", "20260311")
        .text(0x0008_0060, "CS", "OT")
        .text(0x0010_0010, "PN", "Bench^Frames")
        .text(0x0010_0020, "LO", "BENCH-2")
        .text(0x0020_000D, "UI", fresh_uid()?)
        .text(0x0020_000E, "UI", fresh_uid()?)
        .text(0x0020_0013, "IS", "1")
        .text(0x0028_0008, "IS", frames.to_string())
        .us(0x0028_0010, &[SIDE as u16])
        .us(0x0028_0011, &[SIDE as u16])
        .us(0x0028_0103, &[0]))
}

fn file(class: &str, dataset: &Dataset) -> Result<Vec<u8>> {
    let object = Object {
        sop_class: class.into(),
        sop: fresh_uid()?,
        study: String::new(),
        series: String::new(),
        transfer_syntax: testkit::peer::EXPLICIT.into(),
        dataset: dataset.encode(Syntax::Explicit),
    };
    Ok(object.file())
}
