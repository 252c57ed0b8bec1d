//! A decoded frame: exact samples and what they are.

use crate::{Photometric, PixelDescription, PixelError};

/// A decoded frame.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Rows; the code stream's where it has its own.
    pub rows: u32,
    /// Columns; the code stream's where it has its own.
    pub columns: u32,
    /// Samples of a pixel; they lie side by side.
    pub samples_per_pixel: u16,
    /// Bits of a sample that are its value.
    pub bits_stored: u16,
    /// The highest of these bits; above and below it native words may hold other things
    /// (PS3.5 §8.1.1), which [`Frame::into_stored_values`] takes away.
    pub high_bit: u16,
    /// Columns and rows of the whole image, where this is a smaller one of it.
    pub whole: Option<(u32, u32)>,
    /// What the samples are after decoding.
    pub photometric: Photometric,
    /// Whether the code stream dropped detail.
    pub lossy: bool,
    /// `rows × columns × samples_per_pixel` samples, row by row, pixel by pixel.
    pub samples: Samples,
}

/// Samples by their word. Pixels of one bit take a byte each, 0 or 1.
#[derive(Clone, Debug, PartialEq)]
pub enum Samples {
    /// Unsigned, to 8 bits.
    U8(Vec<u8>),
    /// Signed, to 8 bits.
    I8(Vec<i8>),
    /// Unsigned, to 16 bits.
    U16(Vec<u16>),
    /// Signed, to 16 bits.
    I16(Vec<i16>),
    /// Unsigned, to 32 bits.
    U32(Vec<u32>),
    /// Signed, to 32 bits.
    I32(Vec<i32>),
    /// Unsigned, to 64 bits.
    U64(Vec<u64>),
    /// Signed, to 64 bits.
    I64(Vec<i64>),
    /// Float Pixel Data (7FE0,0008).
    F32(Vec<f32>),
    /// Double Float Pixel Data (7FE0,0009).
    F64(Vec<f64>),
}

/// Evaluates `$body` with `$values` bound to the vector of any kind of samples.
macro_rules! each {
    ($samples:expr, $values:ident => $body:expr) => {
        match $samples {
            Samples::U8($values) => $body,
            Samples::I8($values) => $body,
            Samples::U16($values) => $body,
            Samples::I16($values) => $body,
            Samples::U32($values) => $body,
            Samples::I32($values) => $body,
            Samples::U64($values) => $body,
            Samples::I64($values) => $body,
            Samples::F32($values) => $body,
            Samples::F64($values) => $body,
        }
    };
}

impl Samples {
    /// How many samples there are.
    pub fn len(&self) -> usize {
        each!(self, values => values.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of a sample.
    pub fn width(&self) -> usize {
        match self {
            Self::U8(_) | Self::I8(_) => 1,
            Self::U16(_) | Self::I16(_) => 2,
            Self::U32(_) | Self::I32(_) | Self::F32(_) => 4,
            Self::U64(_) | Self::I64(_) | Self::F64(_) => 8,
        }
    }

    /// Whether they are two's complement.
    pub fn is_signed(&self) -> bool {
        matches!(
            self,
            Self::I8(_) | Self::I16(_) | Self::I32(_) | Self::I64(_)
        )
    }

    /// Whether they are floating point numbers.
    pub fn is_float(&self) -> bool {
        matches!(self, Self::F32(_) | Self::F64(_))
    }

    /// Their bytes, little endian.
    pub fn as_bytes(&self) -> &[u8] {
        each!(self, values => bytemuck::cast_slice(values))
    }

    /// Integers of little-endian words of `width` bytes; none of another width than 1, 2, 4, 8.
    pub(crate) fn from_words(bytes: &[u8], width: usize, signed: bool) -> Option<Self> {
        if !matches!(width, 1 | 2 | 4 | 8) || !bytes.len().is_multiple_of(width) {
            return None;
        }
        Some(match (width, signed) {
            (1, false) => Self::U8(bytes.to_vec()),
            (1, true) => Self::I8(bytemuck::pod_collect_to_vec(bytes)),
            (2, false) => Self::U16(bytemuck::pod_collect_to_vec(bytes)),
            (2, true) => Self::I16(bytemuck::pod_collect_to_vec(bytes)),
            (4, false) => Self::U32(bytemuck::pod_collect_to_vec(bytes)),
            (4, true) => Self::I32(bytemuck::pod_collect_to_vec(bytes)),
            (8, false) => Self::U64(bytemuck::pod_collect_to_vec(bytes)),
            (8, true) => Self::I64(bytemuck::pod_collect_to_vec(bytes)),
            _ => return None,
        })
    }
}

#[cfg(not(target_endian = "little"))]
compile_error!(
    "samples are handed out as they lie in memory: only little endian machines are supported"
);

impl Frame {
    /// Pixels.
    pub fn pixels(&self) -> usize {
        self.rows as usize * self.columns as usize
    }

    /// The samples as values: bits above High Bit cleared or made the sign, those below Bits Stored
    /// shifted out (PS3.5 §8.1.1).
    #[must_use]
    pub fn into_stored_values(mut self) -> Self {
        let width = (self.samples.width() * 8) as u32;
        let high = u32::from(self.high_bit).min(width - 1);
        let bits = u32::from(self.bits_stored).clamp(1, high + 1);
        let (above, down) = (width - 1 - high, width - bits);
        macro_rules! shift {
            ($values:expr) => {
                for value in $values {
                    *value = *value << above >> down;
                }
            };
        }
        if down > 0 {
            match &mut self.samples {
                Samples::U8(values) => shift!(values),
                Samples::I8(values) => shift!(values),
                Samples::U16(values) => shift!(values),
                Samples::I16(values) => shift!(values),
                Samples::U32(values) => shift!(values),
                Samples::I32(values) => shift!(values),
                Samples::U64(values) => shift!(values),
                Samples::I64(values) => shift!(values),
                Samples::F32(_) | Samples::F64(_) => {}
            }
        }
        self.bits_stored = bits as u16;
        self.high_bit = self.bits_stored - 1;
        self
    }

    /// Whether the frame is as `description` says: as large, as many samples, words of Bits
    /// Allocated. Where a code stream says otherwise, the description may not be kept beside it.
    pub fn agrees_with(&self, description: &PixelDescription) -> Result<(), PixelError> {
        let found = (self.rows, self.columns, self.samples_per_pixel);
        let told = (
            u32::from(description.rows),
            u32::from(description.columns),
            description.samples_per_pixel,
        );
        if found != told {
            return Err(PixelError::damaged(format!(
                "the frame has {} × {} pixels of {} samples, the header says {} × {} of {}",
                found.1, found.0, found.2, told.1, told.0, told.2
            )));
        }
        if self.samples.width() * 8 != usize::from(description.bits_allocated)
            || self.samples.is_signed() != description.signed
        {
            return Err(PixelError::damaged(
                "the frame's samples are not of the width or the sign that the header says",
            ));
        }
        if self.photometric == Photometric::YbrPartial422 {
            return Err(PixelError::unsupported(
                "YBR_PARTIAL_422 has no name once each pixel has its chrominances",
            ));
        }
        Ok(())
    }
}
