//! The header of a stored data set, read without its pixels.

use std::sync::LazyLock;

use bytes::{Bytes, BytesMut};
use database::InstanceRow;
use dataset::{FrameTable, Header, Limits, Scanner, Span};
use model::TransferSyntax;

use crate::{RetrieveError, source::Source};

/// What a scanner is fed where the pixels are.
static ZEROS: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(vec![0; 1 << 20]));

/// A sequence delimitation item (PS3.5 §7.5).
const DELIMITER: [u8; 8] = [0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0];

/// Where the pixel data of a row lies.
#[derive(Debug)]
pub(crate) struct Pixels {
    /// Where its value begins in the (inflated) data set.
    pub(crate) offset: u64,
    /// Where its frames are.
    pub(crate) table: FrameTable,
}

impl Pixels {
    /// The pixel data of a row; none where it has none.
    pub(crate) fn of(row: &InstanceRow) -> Result<Option<Self>, RetrieveError> {
        let (Some(offset), Some(frames)) = (row.pixel_offset, &row.frames) else {
            return Ok(None);
        };
        let table = FrameTable::from_bytes(frames)?;
        Ok(Some(Self { offset, table }))
    }

    /// Whether the frames are compressed or in fragments.
    pub(crate) fn is_encapsulated(&self) -> bool {
        matches!(self.table, FrameTable::Encapsulated(_))
    }

    /// Where the last fragment ends.
    fn end(&self) -> Option<u64> {
        let last = self.table.count().checked_sub(1)?;
        let span = self.table.frame(last)?.last().copied()?;
        Some(span.offset + span.length + span.length % 2)
    }
}

/// The syntax of the bytes that a [`Source`] gives: inflated ones are Explicit VR Little Endian.
pub(crate) fn inflated(transfer_syntax: &TransferSyntax) -> TransferSyntax {
    if transfer_syntax.is_deflated() {
        TransferSyntax::explicit_little()
    } else {
        transfer_syntax.clone()
    }
}

/// The elements before the pixel data: what describes the image.
pub(crate) async fn before_pixels(
    source: &Source,
    row: &InstanceRow,
) -> Result<Header, RetrieveError> {
    let Some(offset) = row.pixel_offset else {
        return all(source, row, None).await;
    };
    let mut feeding = Feeding::new(source, row);
    let mut cursor = source.cursor();
    cursor
        .seek(Span {
            offset: 0,
            length: offset,
        })
        .await?;
    let mut last = BytesMut::new();
    while let Some(piece) = cursor.next().await? {
        last.extend_from_slice(&piece);
        let before = last.len().saturating_sub(EXPLICIT);
        feeding.scanner.feed(&last.split_to(before))?;
    }
    if last
        .get(4..6)
        .is_none_or(|vr| !vr.iter().all(u8::is_ascii_uppercase))
    {
        // Of the last bytes only the header of an implicit element is the pixel data's own.
        feeding
            .scanner
            .feed(&last[..last.len().saturating_sub(IMPLICIT)])?;
    }
    Ok(feeding.scanner.finish()?)
}

/// All elements; the pixels are passed over. The frame table of the result is not the true one.
pub(crate) async fn all(
    source: &Source,
    row: &InstanceRow,
    pixels: Option<&Pixels>,
) -> Result<Header, RetrieveError> {
    let mut feeding = Feeding::new(source, row);
    let Some(pixels) = pixels else {
        feeding.rest(0).await?;
        return Ok(feeding.scanner.finish()?);
    };
    feeding.stored(0, pixels.offset).await?;
    let tail = if pixels.is_encapsulated() {
        match fragments_end(source, pixels).await? {
            Some(end) => {
                feeding.fragments(end - pixels.offset)?;
                end
            }
            None => pixels.offset,
        }
    } else {
        let length = value_length(source, row, pixels).await?;
        feeding.zeros(length)?;
        pixels.offset + length
    };
    feeding.rest(tail).await?;
    Ok(feeding.scanner.finish()?)
}

/// Bytes of the header of a pixel data element in explicit VR (PS3.5 §7.1.2) …
const EXPLICIT: usize = 12;
/// … and in implicit VR (§7.1.3). Which of them is seen in the bytes: some data sets are in the other
/// one than their transfer syntax says.
const IMPLICIT: usize = 8;

/// The length of native pixel data, as its element says.
pub(crate) async fn value_length(
    source: &Source,
    row: &InstanceRow,
    pixels: &Pixels,
) -> Result<u64, RetrieveError> {
    let span = Span {
        offset: pixels.offset.saturating_sub(4),
        length: 4,
    };
    let bytes = source.read(span, 4).await?;
    let bytes: [u8; 4] = bytes[..]
        .try_into()
        .map_err(|_| RetrieveError::Interrupted)?;
    let length = if row.transfer_syntax.is_big_endian() {
        u32::from_be_bytes(bytes)
    } else {
        u32::from_le_bytes(bytes)
    };
    Ok(length.into())
}

/// Where the delimiter after the last fragment begins, if it is where it should be.
async fn fragments_end(source: &Source, pixels: &Pixels) -> Result<Option<u64>, RetrieveError> {
    let Some(end) = pixels.end().filter(|&end| end >= pixels.offset + 16) else {
        return Ok(None);
    };
    let span = Span {
        offset: end,
        length: DELIMITER.len() as u64,
    };
    match source.read(span, span.length).await {
        Ok(bytes) if bytes[..] == DELIMITER => Ok(Some(end)),
        Ok(_) | Err(RetrieveError::Damaged { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A scanner and what it is fed.
struct Feeding<'s> {
    source: &'s Source,
    scanner: Scanner,
}

impl<'s> Feeding<'s> {
    fn new(source: &'s Source, row: &InstanceRow) -> Self {
        let limits = Limits::default();
        Self {
            source,
            scanner: Scanner::new(&inflated(&row.transfer_syntax), limits),
        }
    }

    /// Bytes of the data set.
    async fn stored(&mut self, offset: u64, length: u64) -> Result<(), RetrieveError> {
        let mut cursor = self.source.cursor();
        cursor.seek(Span { offset, length }).await?;
        while let Some(piece) = cursor.next().await? {
            self.scanner.feed(&piece)?;
        }
        Ok(())
    }

    /// Everything from `offset` on.
    async fn rest(&mut self, offset: u64) -> Result<(), RetrieveError> {
        let mut cursor = self.source.cursor();
        cursor.seek_to_end(offset).await?;
        while let Some(piece) = cursor.next().await? {
            self.scanner.feed(&piece)?;
        }
        Ok(())
    }

    fn zeros(&mut self, mut length: u64) -> Result<(), RetrieveError> {
        while length > 0 {
            let piece = length.min(ZEROS.len() as u64);
            self.scanner.feed(&ZEROS[..piece as usize])?;
            length -= piece;
        }
        Ok(())
    }

    /// An empty offset table and fragments of zeros, `length` bytes altogether.
    fn fragments(&mut self, length: u64) -> Result<(), RetrieveError> {
        let item = |length: u32| [&[0xFE, 0xFF, 0x00, 0xE0][..], &length.to_le_bytes()].concat();
        self.scanner.feed(&item(0))?;
        let mut left = length - 8;
        while left >= 8 {
            // The last item must not leave less than the header of another.
            let most = u64::from(u32::MAX - 31);
            let value = if left - 8 <= most { left - 8 } else { most };
            self.scanner.feed(&item(value as u32))?;
            self.zeros(value)?;
            left -= 8 + value;
        }
        Ok(())
    }
}
