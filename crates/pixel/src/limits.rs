//! How large a frame may be.

use crate::PixelError;

/// What one frame may take. It is checked before memory is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most rows or columns.
    pub max_dimension: u32,
    /// The largest decoded frame, bytes.
    pub max_frame_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_dimension: 65_535,
            max_frame_bytes: 256 << 20,
        }
    }
}

impl Limits {
    /// Whether a frame of `rows × columns × samples` of `sample_bytes` each may be decoded; the
    /// bytes that it takes.
    pub(crate) fn check(
        &self,
        (rows, columns): (u32, u32),
        samples: u16,
        sample_bytes: usize,
    ) -> Result<usize, PixelError> {
        if rows == 0 || columns == 0 || samples == 0 {
            return Err(PixelError::damaged("the image has no pixels"));
        }
        if rows.max(columns) > self.max_dimension {
            return Err(PixelError::TooLarge(format!(
                "{columns} × {rows} pixels, at most {} a side",
                self.max_dimension
            )));
        }
        let bytes = u64::from(rows)
            .checked_mul(u64::from(columns))
            .and_then(|pixels| pixels.checked_mul(u64::from(samples)))
            .and_then(|samples| samples.checked_mul(sample_bytes as u64))
            .filter(|&bytes| bytes <= self.max_frame_bytes)
            .and_then(|bytes| usize::try_from(bytes).ok());
        bytes.ok_or_else(|| {
            PixelError::TooLarge(format!("more than {} bytes", self.max_frame_bytes))
        })
    }
}
