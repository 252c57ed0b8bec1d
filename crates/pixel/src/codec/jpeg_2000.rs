//! JPEG 2000 and HTJ2K (PS3.5 §8.2.4, ITU-T T.800 and T.814), decoded by OpenJPEG.

use super::{
    Geometry, Request, integers,
    markers::{Segment, segments},
    openjpeg,
};
use crate::{Frame, Photometric, PixelError, error::ensure};

/// Decodes a frame. Where the stream transforms colours the samples come out as RGB, else as the
/// header says.
pub(crate) fn decode(frame: &[u8], request: &Request<'_>) -> Result<Frame, PixelError> {
    // Some write a JP2 file where a code stream should be (PS3.5 §8.2.4 forbids it).
    let stream = code_stream(frame)
        .ok_or_else(|| PixelError::damaged("the frame holds no JPEG 2000 code stream"))?;
    let header = Header::read(&segments(stream, SOC, COD)?)?;
    header.check(request)?;
    let photometric = header.photometric(request);
    let whole = header.geometry();
    let halvings = request.halvings(whole, header.is_signed(), header.levels);
    let size = (header.columns, header.rows);
    let image = match openjpeg::decode(stream, size, halvings) {
        // A tile or a component may have fewer levels than the main header says.
        Err(_) if halvings > 0 => openjpeg::decode(stream, size, 0)?,
        image => image?,
    };
    let components = image.components()?;
    let first = components
        .first()
        .ok_or_else(|| PixelError::damaged("JPEG 2000 without components"))?;
    ensure(
        components.len() == usize::from(header.components)
            && components.iter().all(|component| {
                (component.rows, component.columns) == (first.rows, first.columns)
            }),
        "the JPEG 2000 components differ in size",
    )?;
    let precision = components.iter().map(|component| component.precision).max();
    let geometry = Geometry {
        rows: first.rows,
        columns: first.columns,
        components: header.components,
        precision: precision.unwrap_or(0) as u16,
    };
    let word = request.word(geometry.precision);
    let signed = components.iter().any(|component| component.signed);
    let planes: Vec<&[i32]> = components
        .iter()
        .map(|component| component.samples)
        .collect();
    let samples = if signed {
        integers::from_planes(&planes, word, true)
    } else {
        let samples = integers::from_planes(&planes, word, false);
        integers::from_unsigned(samples, word, geometry.precision, request.description)
    };
    let frame = request.frame(geometry, samples, photometric, header.irreversible);
    let is_whole = (frame.columns, frame.rows) == size;
    Ok(Frame {
        whole: (!is_whole).then_some(size),
        ..frame
    })
}

const SOC: u8 = 0x4F;
const SIZ: u8 = 0x51;
const COD: u8 = 0x52;

/// What the main header says (T.800 §A.5.1, §A.6.1).
#[derive(Debug)]
struct Header {
    rows: u32,
    columns: u32,
    components: u16,
    /// Ssiz, XRsiz and YRsiz of each component.
    sizes: Vec<[u8; 3]>,
    colour_transform: bool,
    irreversible: bool,
    /// Decomposition levels.
    levels: u8,
    tiles: u64,
}

impl Header {
    fn read(segments: &[Segment<'_>]) -> Result<Self, PixelError> {
        let of = |marker| segments.iter().find(|segment| segment.marker == marker);
        let read = || {
            let (size, coding) = (of(SIZ)?, of(COD)?);
            let components = size.short(34)?;
            let tiles = |side, offset, tile, tile_offset| {
                let (side, offset) = (size.long(side)?, size.long(offset)?);
                let (tile, tile_offset) = (size.long(tile)?, size.long(tile_offset)?);
                let from = tile_offset.min(offset);
                Some(u64::from(side.checked_sub(from)?.div_ceil(tile.max(1))))
            };
            let sizes = size.body.get(36..36 + 3 * usize::from(components))?;
            Some(Self {
                columns: size.long(2)?.checked_sub(size.long(10)?)?,
                rows: size.long(6)?.checked_sub(size.long(14)?)?,
                components,
                sizes: sizes
                    .chunks_exact(3)
                    .map(|part| [part[0], part[1], part[2]])
                    .collect(),
                colour_transform: coding.byte(4)? == 1,
                irreversible: coding.byte(9)? == 0,
                levels: coding.byte(5)?,
                tiles: tiles(2, 10, 18, 26)?.checked_mul(tiles(6, 14, 22, 30)?)?,
            })
        };
        read().ok_or_else(|| PixelError::damaged("the JPEG 2000 main header is damaged"))
    }

    fn check(&self, request: &Request<'_>) -> Result<(), PixelError> {
        ensure(
            (1..=MOST_COMPONENTS).contains(&self.components),
            "JPEG 2000 of more than four components",
        )?;
        // The decoder keeps every sample in 32 bits.
        let size = (self.rows, self.columns);
        let words = size_of::<i32>();
        let limits = request.limits;
        limits.check(size, self.components, request.word(self.precision()))?;
        let widest = crate::Limits {
            max_frame_bytes: limits.max_frame_bytes.saturating_mul(4),
            ..*limits
        };
        widest.check(size, self.components, words)?;
        ensure(
            self.tiles <= MOST_TILES,
            "JPEG 2000 of more tiles than any image needs",
        )?;
        ensure(
            self.sizes.iter().all(|[_, x, y]| (*x, *y) == (1, 1)),
            "sub-sampled JPEG 2000 is not supported",
        )?;
        if self.precision() > MOST_BITS {
            return Err(PixelError::unsupported(
                "JPEG 2000 of more than 31 bits a sample: OpenJPEG cannot",
            ));
        }
        Ok(())
    }

    fn geometry(&self) -> Geometry {
        Geometry {
            rows: self.rows,
            columns: self.columns,
            components: self.components,
            precision: self.precision(),
        }
    }

    /// Whether every component is of two's complement.
    fn is_signed(&self) -> bool {
        self.sizes.iter().all(|[size, ..]| size & 0x80 != 0)
    }

    /// The most bits of a component.
    fn precision(&self) -> u16 {
        let bits = |[size, ..]: &[u8; 3]| u16::from(size & 0x7F) + 1;
        self.sizes.iter().map(bits).max().unwrap_or(0)
    }

    fn photometric(&self, request: &Request<'_>) -> Photometric {
        let transformed = |term: &str| matches!(term, "YBR_RCT" | "YBR_ICT");
        if self.colour_transform && self.components >= 3 {
            return Photometric::Rgb;
        }
        match request.photometric(self.components) {
            // The header is wrong: the samples are what was coded, not transformed.
            Photometric::Other(term) if transformed(&term) => Photometric::Rgb,
            photometric => photometric,
        }
    }
}

/// More samples a pixel than any image has.
const MOST_COMPONENTS: u16 = 4;
/// The decoder takes some 7 KB for each tile that a header announces.
const MOST_TILES: u64 = 8_192;
/// What OpenJPEG decodes.
const MOST_BITS: u16 = 31;

/// The code stream itself, of a frame that may be a JP2 file around it.
fn code_stream(frame: &[u8]) -> Option<&[u8]> {
    if frame.starts_with(&[0xFF, SOC]) {
        return Some(frame);
    }
    if frame.get(4..8) != Some(b"jP  ") {
        return None;
    }
    let at = frame
        .windows(4)
        .position(|bytes| bytes == [0xFF, SOC, 0xFF, SIZ])?;
    frame.get(at..)
}
