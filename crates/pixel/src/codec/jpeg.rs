//! JPEG baseline, extended, progressive and lossless (PS3.5 §8.2.1, ITU-T T.81), decoded by
//! libjpeg-turbo. Components come out as they are coded: no colour transform is done.

use std::borrow::Cow;

use super::{
    Geometry, Request, integers,
    markers::{Segment, segments},
};
use crate::{Frame, Photometric, PixelError, error::ensure, turbo};

/// Decodes a frame.
pub(crate) fn decode(stream: &[u8], request: &Request<'_>) -> Result<Frame, PixelError> {
    let stream = &stream[start(stream)..];
    let segments = segments(stream, SOI, SOS)?;
    let header = Header::find(&segments)?;
    let limits = request.limits;
    // Checked here too: the rewritten stream is as long as the stream.
    let size = (u32::from(header.rows), u32::from(header.columns));
    let components = header.identifiers.len() as u16;
    let word = request.word(header.precision.into());
    limits.check(size, components, word)?;
    ensure(
        !header.lossless || header.is_whole(),
        "sub-sampled lossless JPEG is not supported",
    )?;
    let photometric = match components {
        3 => colour(&segments, &header, request),
        _ => request.photometric(components),
    };
    let stream = if components == 1 && header.is_sound(&segments) && has_end(stream) {
        Cow::Borrowed(stream)
    } else {
        Cow::Owned(mended(stream, &segments, &header))
    };
    let (rows, columns) = size;
    let whole = Geometry {
        rows,
        columns,
        components,
        precision: header.precision.into(),
    };
    let most = if header.lossless { 0 } else { MOST_HALVINGS };
    let eighths = 8 >> request.halvings(whole, false, most);
    let (geometry, samples) = turbo::decode(&stream, limits, eighths)?;
    let samples = integers::from_unsigned(samples, word, geometry.precision, request.description);
    let frame = request.frame(geometry, samples, photometric, !header.lossless);
    Ok(Frame {
        whole: (eighths < 8).then_some((columns, rows)),
        ..frame
    })
}

/// To one sample of a block of eight by eight.
const MOST_HALVINGS: u8 = 3;

const SOI: u8 = 0xD8;
const SOS: u8 = 0xDA;
const SOF_LOSSLESS: [u8; 2] = [0xC3, 0xCB];
const APP0: u8 = 0xE0;
const APP14: u8 = 0xEE;
const APPLICATIONS: std::ops::RangeInclusive<u8> = APP0..=0xEF;
const COMMENT: u8 = 0xFE;
/// Ss, Se, Ah and Al of a sequential scan.
const WHOLE_SPECTRUM: [u8; 3] = [0, 63, 0];

/// Some writers put bytes before the start of the image: the first SOI that another marker follows.
fn start(stream: &[u8]) -> usize {
    stream
        .windows(3)
        .take(64)
        .position(|bytes| bytes == [0xFF, SOI, 0xFF])
        .unwrap_or(0)
}

/// The frame header (T.81 §B.2.2).
#[derive(Debug)]
struct Header {
    lossless: bool,
    /// Neither progressive nor lossless.
    sequential: bool,
    precision: u8,
    rows: u16,
    columns: u16,
    identifiers: Vec<u8>,
    sampling: Vec<u8>,
}

impl Header {
    fn find(segments: &[Segment<'_>]) -> Result<Self, PixelError> {
        let damaged = || PixelError::damaged("the JPEG frame header is damaged");
        let header = segments
            .iter()
            .find(|segment| {
                matches!(segment.marker, 0xC0..=0xCF)
                    && !matches!(segment.marker, 0xC4 | 0xC8 | 0xCC)
            })
            .ok_or_else(damaged)?;
        let components = header.body.get(6..).ok_or_else(damaged)?;
        ensure(
            components.len() == 3 * usize::from(header.body[5]) && !components.is_empty(),
            "the JPEG frame header is damaged",
        )?;
        let column = |at| components.chunks_exact(3).map(|part| part[at]).collect();
        Ok(Self {
            lossless: SOF_LOSSLESS.contains(&header.marker),
            sequential: matches!(header.marker, 0xC0 | 0xC1 | 0xC9),
            precision: header.byte(0).ok_or_else(damaged)?,
            rows: header.short(1).ok_or_else(damaged)?,
            columns: header.short(3).ok_or_else(damaged)?,
            identifiers: column(0),
            sampling: column(1),
        })
    }

    /// Whether the scan's parameters are as they must be in a sequential process (T.81 §B.2.3); some
    /// writers leave them zero.
    fn is_sound(&self, segments: &[Segment<'_>]) -> bool {
        let scan = segments.last().map_or(&[][..], |scan| scan.body);
        !self.sequential || scan.len() < 6 || scan.ends_with(&WHOLE_SPECTRUM)
    }

    /// Whether no component has fewer samples than another.
    fn is_whole(&self) -> bool {
        let first = self.sampling.first();
        self.sampling.iter().all(|factors| Some(factors) == first)
    }
}

/// What the three components are. A JFIF or Adobe marker in the stream says it, component names and
/// sub-sampling too; without any of these the data set's header does.
fn colour(segments: &[Segment<'_>], header: &Header, request: &Request<'_>) -> Photometric {
    let application = |marker, name: &[u8]| {
        segments
            .iter()
            .find(|segment| segment.marker == marker && segment.body.starts_with(name))
    };
    let described = request.photometric(3);
    if header.lossless {
        return described;
    }
    if application(APP0, b"JFIF\0").is_some() {
        return Photometric::YbrFull;
    }
    if let Some(adobe) = application(APP14, b"Adobe") {
        match adobe.byte(11) {
            Some(0) => return Photometric::Rgb,
            Some(1) => return Photometric::YbrFull,
            _ => {}
        }
    }
    if header.identifiers == *b"RGB" {
        return Photometric::Rgb;
    }
    if described == Photometric::Rgb && !header.is_whole() {
        return Photometric::YbrFull;
    }
    described
}

/// Whether the end marker stands where it should; a padding byte may follow.
fn has_end(stream: &[u8]) -> bool {
    let stream = stream.strip_suffix(&[0]).unwrap_or(stream);
    stream.ends_with(&END)
}

const END: [u8; 2] = [0xFF, 0xD9];

/// The stream with nothing in it that tells of colours but an Adobe marker that says "none", so that
/// the decoder gives the components as they are; with the scan's parameters as its process asks for
/// them, and with an end marker: a decoder that misses one cannot tell it from missing pixels.
fn mended(stream: &[u8], segments: &[Segment<'_>], header: &Header) -> Vec<u8> {
    const NO_TRANSFORM: [u8; 16] = *b"\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00\x00";
    let mut plain = Vec::with_capacity(stream.len() + NO_TRANSFORM.len() + END.len());
    plain.extend_from_slice(&[0xFF, SOI]);
    plain.extend_from_slice(&NO_TRANSFORM);
    for segment in segments {
        if !APPLICATIONS.contains(&segment.marker) && segment.marker != COMMENT {
            plain.extend_from_slice(&[0xFF, segment.marker]);
            plain.extend_from_slice(&(segment.body.len() as u16 + 2).to_be_bytes());
            plain.extend_from_slice(segment.body);
        }
    }
    if !header.is_sound(segments) {
        plain.truncate(plain.len() - WHOLE_SPECTRUM.len());
        plain.extend_from_slice(&WHOLE_SPECTRUM);
    }
    let scan = segments.last().map_or(0, |last| last.end);
    plain.extend_from_slice(&stream[scan..]);
    if !has_end(stream) {
        plain.extend_from_slice(&END);
    }
    plain
}
