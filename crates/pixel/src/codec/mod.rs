//! One module a family of code streams; the C libraries behind `turbo` and `openjpeg`.

mod integers;
pub(crate) mod jpeg;
pub(crate) mod jpeg_2000;
pub(crate) mod jpeg_ls;
pub(crate) mod jpeg_xl;
mod markers;
pub(crate) mod native;
mod openjpeg;
pub(crate) mod rle;

use crate::{Frame, Limits, Photometric, PixelDescription, Samples};

/// What a decoder is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'r> {
    pub(crate) description: &'r PixelDescription,
    pub(crate) limits: &'r Limits,
    /// What the longer side must keep where the code stream makes it cheap to halve the sides.
    pub(crate) side: u32,
}

/// What a code stream says of the image in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Geometry {
    pub(crate) rows: u32,
    pub(crate) columns: u32,
    pub(crate) components: u16,
    /// Bits of a sample.
    pub(crate) precision: u16,
}

impl Request<'_> {
    /// How many times, `most` at the most, the sides of the image in a stream of `geometry` may be
    /// halved. `signed`: what the stream says of its samples.
    pub(crate) fn halvings(&self, geometry: Geometry, signed: bool, most: u8) -> u8 {
        let described = self.description;
        // Means are taken of what the stream holds: values, and nothing else.
        let is_smooth = described.photometric != Photometric::Palette
            && geometry.components == described.samples_per_pixel
            && (2..=described.bits_stored).contains(&geometry.precision)
            && described.high_bit + 1 == described.bits_stored
            && signed == described.signed;
        let longer = geometry.rows.max(geometry.columns);
        let keeps = |halvings: &u8| longer >> halvings >= self.side.max(1);
        (1..=most.min(31))
            .take_while(keeps)
            .last()
            .filter(|_| is_smooth)
            .unwrap_or(0)
    }

    /// The bytes of the narrowest word that is as wide as Bits Allocated and holds `precision` bits.
    pub(crate) fn word(&self, precision: u16) -> usize {
        let bits = precision.max(self.description.bits_allocated.min(64));
        usize::from(bits.div_ceil(8)).next_power_of_two()
    }

    /// A frame whose code stream is of `geometry`; where the stream has more bits than the header
    /// allocates, it is the stream that counts (PS3.5 §8.2).
    pub(crate) fn frame(
        &self,
        geometry: Geometry,
        samples: Samples,
        photometric: Photometric,
        lossy: bool,
    ) -> Frame {
        let described = self.description;
        let wider = geometry.precision > described.bits_allocated;
        let (bits_stored, high_bit) = if wider || described.bits_stored == 0 {
            (geometry.precision, geometry.precision - 1)
        } else {
            (described.bits_stored, described.high_bit)
        };
        Frame {
            rows: geometry.rows,
            columns: geometry.columns,
            samples_per_pixel: geometry.components,
            bits_stored,
            high_bit,
            whole: None,
            photometric,
            lossy,
            samples,
        }
    }

    /// The header's Photometric Interpretation, if it may be that of `components` components.
    pub(crate) fn photometric(&self, components: u16) -> Photometric {
        let described = self.description.photometric.widened();
        match (components, described.samples()) {
            (1, Some(3)) => Photometric::Monochrome2,
            (3, Some(1)) => Photometric::Rgb,
            _ => described,
        }
    }
}
