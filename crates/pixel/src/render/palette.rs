//! Palettes (PS3.3 §C.7.6.3.1.5, §C.7.6.3.1.6, §C.7.9), also those that supplement grays
//! (§C.7.6.19).

use dataset::Tag;

use super::{
    attributes::Presentation,
    gray,
    level::Level,
    picture::Picture,
    sample::{Sample, each},
    segments,
    settings::Rendering,
    table::Table,
};
use crate::{Frame, PixelError};

/// Red, green and blue of each index.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Palette {
    tables: [Table; 3],
    /// Values before the first of the palette are grays.
    supplemental: bool,
}

const PIXEL_PRESENTATION: [Tag; 2] = [Tag(0x0008, 0x9205), Tag(0x0008, 0x9206)];

impl Palette {
    /// Reads the palette of a data set; none where it has none, or one that is damaged.
    pub(super) fn read(top: &Level<'_>, signed: bool) -> Option<Self> {
        let table = |colour: u16| {
            let descriptor = Tag(0x0028, 0x1100 + colour);
            let data = Tag(0x0028, 0x1200 + colour);
            if top.has(data) {
                return top.table(descriptor, data, signed);
            }
            let segments = top.bytes(Tag(0x0028, 0x1220 + colour))?;
            let descriptor: Vec<u16> = top.words(top.bytes(descriptor)?).collect();
            let wide = descriptor.get(2).is_some_and(|&bits| bits > 8);
            let words: Vec<u16> = if wide {
                top.words(segments).collect()
            } else {
                let swapped = usize::from(top.is_big_endian());
                (0..segments.len())
                    .filter_map(|index| segments.get(index ^ swapped).copied().map(u16::from))
                    .collect()
            };
            Table::of_entries(&descriptor, segments::expand(&words, wide)?, signed)
        };
        let colours = |term: &str| matches!(term.trim(), "COLOR" | "MIXED");
        Some(Self {
            tables: [table(1)?, table(2)?, table(3)?],
            supplemental: PIXEL_PRESENTATION
                .iter()
                .filter_map(|&tag| top.text(tag))
                .any(|term| colours(&term)),
        })
    }

    /// Whether it colours a part of the values of a gray image.
    pub(super) fn is_supplemental(&self) -> bool {
        self.supplemental
    }

    fn colour(&self, index: i64, shifts: [u16; 3]) -> [u8; 3] {
        let [red, green, blue] = &self.tables;
        let byte = |table: &Table, shift| (table.entry(index) >> shift) as u8;
        [
            byte(red, shifts[0]),
            byte(green, shifts[1]),
            byte(blue, shifts[2]),
        ]
    }

    fn shifts(&self) -> [u16; 3] {
        self.tables.each_ref().map(Table::shift)
    }
}

/// Indexes of a palette as RGB.
#[expect(
    clippy::unnecessary_cast,
    reason = "one of the sample types is i64 itself"
)]
pub(super) fn picture(frame: Frame, presentation: &Presentation) -> Result<Picture, PixelError> {
    let Some(palette) = &presentation.palette else {
        return Err(PixelError::damaged("the palette is missing or damaged"));
    };
    let frame = frame.into_stored_values();
    let shifts = palette.shifts();
    let bytes = each!(&frame.samples, samples => samples
        .iter()
        .flat_map(|&index| palette.colour(index as i64, shifts))
        .collect());
    Picture::new((frame.columns, frame.rows), 3, bytes)
}

/// Grays, and colours from the palette's first value on (PS3.3 §C.7.6.19, §C.8.13.1).
pub(super) fn supplemented(
    frame: Frame,
    palette: &Palette,
    presentation: &Presentation,
    rendering: &Rendering,
) -> Result<Picture, PixelError> {
    let (size, stored) = (
        (frame.columns, frame.rows),
        frame.clone().into_stored_values(),
    );
    let grays = gray::grays(frame, presentation, rendering);
    let (first, shifts) = (palette.tables[0].first(), palette.shifts());
    let colour = |(value, gray): (f64, u8)| {
        if value >= first as f64 {
            palette.colour(value as i64, shifts)
        } else {
            [gray; 3]
        }
    };
    let bytes = each!(&stored.samples, samples => samples
        .iter()
        .map(|sample| sample.value())
        .zip(grays)
        .flat_map(colour)
        .collect());
    Picture::new(size, 3, bytes)
}
