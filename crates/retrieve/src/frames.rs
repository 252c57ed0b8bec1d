//! Single frames, each read on its own (PS3.18 §10.4.1.1.6).

use std::sync::Arc;

use bytes::Bytes;
use database::InstanceRow;
use dataset::{FrameTable, Header, Span, Tag, VR, Value};
use model::TransferSyntax;
use pixel::PixelError;

use crate::{
    Content, Frame, FrameForm, Rendering, RetrieveError,
    bridge::Place,
    convert,
    decoding::{self, Decoding, Encoded},
    outlet,
    scan::{self, Pixels},
    source::{Source, Swap},
};

/// Frame `index0` of `row`.
pub(crate) async fn frame(
    decoding: &Decoding,
    source: &Source,
    row: &InstanceRow,
    index0: u32,
    form: FrameForm,
) -> Result<Frame, RetrieveError> {
    let pixels = existing(row, index0)?;
    let spans = pixels.table.frame(index0).unwrap_or_default();
    let explicit = TransferSyntax::explicit_little();
    if !pixels.is_encapsulated() {
        return Ok(Frame {
            content: native(decoding, source, row, &pixels, index0).await?,
            transfer_syntax: explicit,
        });
    }
    if form == FrameForm::AsStored {
        return Ok(Frame {
            content: joined(source, spans).await?,
            transfer_syntax: row.transfer_syntax.clone(),
        });
    }
    let place = decoding.place().await?;
    let source = source.ahead().await?;
    let header = scan::before_pixels(&source, row).await?;
    let image = Arc::new(decoding::description(&header)?);
    let decoded = decoding
        .frame(place, &source, &row.transfer_syntax, &spans, &image)
        .await?;
    let decoded = decoded.and_then(|frame| frame.agrees_with(&image).map(|()| frame));
    let decoded = decoded.map_err(|error| RetrieveError::NotConvertible {
        from: row.transfer_syntax.clone(),
        to: explicit.clone(),
        reason: error.to_string(),
    })?;
    Ok(Frame {
        content: Content::whole(decoding::bytes(decoded)),
        transfer_syntax: explicit,
    })
}

/// The pixel data of `row`, if it has frame `index0`.
pub(crate) fn existing(row: &InstanceRow, index0: u32) -> Result<Pixels, RetrieveError> {
    let pixels = Pixels::of(row)?;
    let count = pixels.as_ref().map_or(0, |pixels| pixels.table.count());
    match pixels {
        Some(pixels) if index0 < count => Ok(pixels),
        _ => Err(RetrieveError::NoFrame {
            number: u64::from(index0) + 1,
            count,
        }),
    }
}

/// Spans one after the other.
async fn joined(source: &Source, spans: Vec<Span>) -> Result<Content, RetrieveError> {
    let length = spans.iter().map(|span| span.length).sum();
    if let ([span], false) = (&spans[..], source.is_deflated()) {
        let body = source.stored(*span).await?;
        return Ok(Content { length, body });
    }
    let mut cursor = source.cursor();
    let body = outlet::body(move |outlet| async move {
        for span in spans {
            convert::copy(&outlet, &mut cursor, span, 1).await?;
        }
        Ok(())
    });
    Ok(Content { length, body })
}

/// A native frame, little endian, beginning at the first bit of its first byte.
async fn native(
    decoding: &Decoding,
    source: &Source,
    row: &InstanceRow,
    pixels: &Pixels,
    index0: u32,
) -> Result<Content, RetrieveError> {
    let &FrameTable::Native { frame_bits, .. } = &pixels.table else {
        return Err(RetrieveError::Interrupted);
    };
    let spans = pixels.table.frame(index0).unwrap_or_default();
    let word = pixel_word(source, row, pixels).await?;
    if word == 1 && frame_bits % 8 == 0 {
        return joined(source, spans).await;
    }
    let bytes = native_bytes(decoding, source, row, pixels, index0).await?;
    Ok(Content::whole(bytes))
}

/// The same, in memory.
async fn native_bytes(
    decoding: &Decoding,
    source: &Source,
    row: &InstanceRow,
    pixels: &Pixels,
    index0: u32,
) -> Result<Bytes, RetrieveError> {
    let &FrameTable::Native { frame_bits, .. } = &pixels.table else {
        return Err(RetrieveError::Interrupted);
    };
    let spans = pixels.table.frame(index0).unwrap_or_default();
    let span = spans.first().copied().unwrap_or(pixels_span(pixels));
    let word = pixel_word(source, row, pixels).await?;
    let bytes = swapped(source, pixels, span, word, decoding.limit()).await?;
    let start = (u64::from(index0) * frame_bits % 8) as u32;
    Ok(from_bit(&bytes, start, frame_bits))
}

fn pixels_span(pixels: &Pixels) -> Span {
    Span {
        offset: pixels.offset,
        length: 0,
    }
}

/// Bytes of the words of native pixel data that are not little endian; 1: none.
pub(crate) async fn pixel_word(
    source: &Source,
    row: &InstanceRow,
    pixels: &Pixels,
) -> Result<u8, RetrieveError> {
    if row.transfer_syntax.is_big_endian() {
        let span = Span {
            offset: pixels.offset.saturating_sub(8),
            length: 2,
        };
        let vr = source.read(span, 2).await?;
        let header = scan::before_pixels(source, row).await?;
        return Ok(match (header.number(BITS_ALLOCATED), &vr[..]) {
            // Samples of more than a word are big endian as a whole.
            (Some(bits @ (32 | 64)), _) => (bits / 8) as u8,
            (_, b"OW") => 2,
            (_, b"OF") => 4,
            (_, b"OD") => 8,
            _ => 1,
        });
    }
    if row.transfer_syntax.as_str() == GE_BIG_ENDIAN_PIXELS {
        let header = scan::before_pixels(source, row).await?;
        let wide = header
            .number(Tag(0x0028, 0x0100))
            .is_some_and(|bits| bits > 8);
        return Ok(if wide { 2 } else { 1 });
    }
    Ok(1)
}

const BITS_ALLOCATED: Tag = Tag(0x0028, 0x0100);

/// GE's private syntax: little endian but for the words of its pixels.
const GE_BIG_ENDIAN_PIXELS: &str = "1.2.840.113619.5.2";

/// A span of native pixel data whose words are swapped, whether or not it begins with one.
async fn swapped(
    source: &Source,
    pixels: &Pixels,
    span: Span,
    word: u8,
    limit: u64,
) -> Result<Bytes, RetrieveError> {
    let before = (span.offset - pixels.offset) % u64::from(word);
    let length = (before + span.length).next_multiple_of(word.into());
    let aligned = Span {
        offset: span.offset - before,
        length,
    };
    let mut swap = Swap::new(word);
    let bytes = swap.piece(source.read(aligned, limit).await?);
    Ok(bytes.slice(before as usize..(before + span.length) as usize))
}

/// `bits` bits of `bytes` from bit `start` on, least significant first (PS3.5 §8.1.1).
fn from_bit(bytes: &Bytes, start: u32, bits: u64) -> Bytes {
    let length = bits.div_ceil(8) as usize;
    if start == 0 && bits.is_multiple_of(8) {
        return bytes.slice(..length.min(bytes.len()));
    }
    let byte = |index: usize| u16::from(bytes.get(index).copied().unwrap_or(0));
    let mut shifted: Vec<u8> = (0..length)
        .map(|index| ((byte(index) | byte(index + 1) << 8) >> start) as u8)
        .collect();
    let used = bits % 8;
    if let (Some(last), 1..) = (shifted.last_mut(), used) {
        *last &= (1 << used) - 1;
    }
    shifted.into()
}

/// Frame `index0` as it is decoded for `rendering`; what is native is described as it is.
pub(crate) async fn encoded(
    decoding: &Decoding,
    place: Place,
    source: &Source,
    row: &InstanceRow,
    header: &Header,
    index0: u32,
    rendering: &Rendering,
) -> Result<Result<Encoded, PixelError>, RetrieveError> {
    let pixels = existing(row, index0)?;
    let image = Arc::new(decoding::description(header)?);
    if pixels.is_encapsulated() {
        let spans = pixels.table.frame(index0).unwrap_or_default();
        let syntax = &row.transfer_syntax;
        let drawn = Some(rendering);
        let read = decoding.read(place, source, syntax, &spans, &image, drawn);
        return read.await;
    }
    let spans = pixels.table.frame(index0).unwrap_or_default();
    let stored = spans.iter().map(|span| span.length).sum();
    let room = match decoding
        .room(place, stored, &image, Some(rendering))
        .await?
    {
        Ok(room) => room,
        Err(error) => return Ok(Err(error)),
    };
    Ok(Ok(Encoded {
        room,
        bytes: native_bytes(decoding, source, row, &pixels, index0).await?,
        image,
        transfer_syntax: TransferSyntax::explicit_little(),
    }))
}

/// Whether an element holds a value that lies in the data set.
pub(crate) fn lies_in(value: &Value) -> Option<Span> {
    match *value {
        Value::Bulk { offset, length } | Value::Fragments { offset, length } => {
            Some(Span { offset, length })
        }
        _ => None,
    }
}

/// Bytes of a word of a VR, which big endian stores the other way (PS3.5 §7.3).
pub(crate) fn word(vr: VR) -> u8 {
    match vr {
        VR::AT | VR::OW | VR::SS | VR::US => 2,
        VR::FL | VR::OF | VR::OL | VR::SL | VR::UL => 4,
        VR::FD | VR::OD | VR::OV | VR::SV | VR::UV => 8,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_of_bits_begins_at_its_first_bit() {
        let bytes = Bytes::from_static(&[0b1010_0000, 0b0000_0111, 0xFF]);
        assert_eq!(from_bit(&bytes, 5, 6)[..], [0b0011_1101]);
        assert_eq!(from_bit(&bytes, 0, 8)[..], [0b1010_0000]);
        assert_eq!(from_bit(&bytes, 0, 9)[..], [0b1010_0000, 1]);
    }
}
