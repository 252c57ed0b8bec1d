//! JPEG 2000 and HTJ2K (PS3.5 §8.2.4, ITU-T T.800 and T.814), decoded by OpenJPEG.

use model::TransferSyntax;

use super::{
    markers::{Segment, segments},
    registry, samples,
};
use crate::{
    Photometric, PixelDescription, PixelError,
    decode::{Decoded, Layout},
    error::ensure,
};

/// Decodes a frame. Where the stream transforms colours the samples come out as RGB, else as the
/// header says; pixel by pixel.
pub(crate) fn decode(
    transfer_syntax: &TransferSyntax,
    stream: &[u8],
    image: &PixelDescription,
) -> Result<Decoded, PixelError> {
    // Some write a JP2 file where a code stream should be (PS3.5 §8.2.4 forbids it).
    let stream = code_stream(stream)
        .ok_or_else(|| PixelError::damaged("the frame holds no JPEG 2000 code stream"))?;
    let header = Header::read(&segments(stream, SOC, COD)?)?;
    header.check(image)?;
    let photometric = header.photometric(image)?;
    let mut bytes = registry::decode(transfer_syntax, stream, image)?;
    samples::extend_sign(&mut bytes, image);
    Ok(Decoded {
        bytes,
        layout: Layout {
            photometric,

            lossy: header.irreversible,
        },
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
}

impl Header {
    fn read(segments: &[Segment<'_>]) -> Result<Self, PixelError> {
        let of = |marker| segments.iter().find(|segment| segment.marker == marker);
        let read = || {
            let (size, coding) = (of(SIZ)?, of(COD)?);
            let components = size.short(34)?;
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
            })
        };
        read().ok_or_else(|| PixelError::damaged("the JPEG 2000 main header is damaged"))
    }

    fn check(&self, image: &PixelDescription) -> Result<(), PixelError> {
        ensure(
            (self.rows, self.columns) == (image.rows.into(), image.columns.into())
                && self.components == image.samples_per_pixel,
            "the JPEG 2000 image is not of the size that the header says",
        )?;
        ensure(
            self.sizes.iter().all(|[_, x, y]| (*x, *y) == (1, 1)),
            "sub-sampled JPEG 2000 is not supported",
        )?;
        let precision = |size: u8| u16::from(size & 0x7F) + 1;
        ensure(
            image.bits_allocated <= 16
                && self
                    .sizes
                    .iter()
                    .all(|[size, ..]| precision(*size) <= image.bits_allocated),
            "the JPEG 2000 precision does not fit bits allocated",
        )?;
        let signed = |size: u8| size & 0x80 != 0;
        ensure(
            image.signed || !self.sizes.iter().any(|[size, ..]| signed(*size)),
            "the JPEG 2000 samples are signed and the header says they are not",
        )
    }

    fn photometric(&self, image: &PixelDescription) -> Result<Photometric, PixelError> {
        let transformed = |term: &str| matches!(term, "YBR_RCT" | "YBR_ICT");
        match (&image.photometric, self.colour_transform) {
            (_, true) if image.samples_per_pixel == 3 => Ok(Photometric::Rgb),
            (Photometric::Other(term), _) if transformed(term) => Err(PixelError::damaged(
                format!("the header says {term} and the JPEG 2000 stream has no colour transform"),
            )),
            (Photometric::YbrFull422, _) => Ok(Photometric::YbrFull),
            (photometric, _) => Ok(photometric.clone()),
        }
    }
}

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
