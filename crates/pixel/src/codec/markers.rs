//! The markers at the start of a JPEG family code stream (ITU-T T.81 §B, T.87 §C, T.800 §A).

use crate::PixelError;

/// A marker segment: its second marker byte and what follows its length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'f> {
    pub(super) marker: u8,
    pub(super) body: &'f [u8],
    /// Where it ends in the stream.
    pub(super) end: usize,
}

impl Segment<'_> {
    /// The big-endian 16-bit number at `at`.
    pub(crate) fn short(&self, at: usize) -> Option<u16> {
        let bytes = self.body.get(at..at + 2)?;
        Some(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    /// The big-endian 32-bit number at `at`.
    pub(crate) fn long(&self, at: usize) -> Option<u32> {
        let bytes = self.body.get(at..at + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    }

    /// The byte at `at`.
    pub(crate) fn byte(&self, at: usize) -> Option<u8> {
        self.body.get(at).copied()
    }
}

/// The marker segments after the start marker `start`, up to and with the one of marker `last`.
pub(crate) fn segments(stream: &[u8], start: u8, last: u8) -> Result<Vec<Segment<'_>>, PixelError> {
    read(stream, start, last)
        .ok_or_else(|| PixelError::damaged("the code stream's header is damaged"))
}

fn read(stream: &[u8], start: u8, last: u8) -> Option<Vec<Segment<'_>>> {
    let mut rest = stream.strip_prefix(&[0xFF, start])?;
    let mut found = Vec::new();
    loop {
        rest = rest.strip_prefix(&[0xFF])?;
        // Any number of fill bytes may stand before a marker.
        while let Some(after) = rest.strip_prefix(&[0xFF]) {
            rest = after;
        }
        let (&marker, after) = rest.split_first()?;
        let length = usize::from(u16::from_be_bytes([*after.first()?, *after.get(1)?]));
        let body = after.get(2..length)?;
        let end = stream.len() - after.get(length..)?.len();
        found.push(Segment { marker, body, end });
        if marker == last {
            return Some(found);
        }
        rest = after.get(length..)?;
    }
}
