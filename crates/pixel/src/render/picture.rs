//! A rendered picture before it is a file.

use crate::PixelError;

/// A picture of 8 bits a sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Pixels of a row.
    pub columns: u32,
    /// Rows.
    pub rows: u32,
    /// Gray or red, green and blue, side by side: `rows × columns × channels` bytes, row by row.
    pub bytes: Vec<u8>,
    /// 1: gray; 3: red, green, blue.
    pub channels: usize,
    /// The ICC profile that goes into the file.
    pub(super) profile: Option<Vec<u8>>,
}

impl Picture {
    /// A picture of `columns × rows` pixels; refused where `bytes` are not as many.
    pub(super) fn new(
        (columns, rows): (u32, u32),
        channels: usize,
        bytes: Vec<u8>,
    ) -> Result<Self, PixelError> {
        let expected = columns as usize * rows as usize * channels;
        if bytes.len() != expected || expected == 0 {
            return Err(PixelError::damaged("the frame holds too few pixels"));
        }
        Ok(Self {
            columns,
            rows,
            bytes,
            channels,
            profile: None,
        })
    }

    /// Whether it is gray.
    pub fn is_gray(&self) -> bool {
        self.channels == 1
    }

    /// Sets a pixel to a gray; one outside of the picture is none.
    pub(super) fn set(&mut self, column: i64, row: i64, gray: u8) {
        let (Ok(column), Ok(row)) = (u32::try_from(column), u32::try_from(row)) else {
            return;
        };
        if column < self.columns && row < self.rows {
            let at = (row as usize * self.columns as usize + column as usize) * self.channels;
            self.bytes[at..at + self.channels].fill(gray);
        }
    }

    /// Sets a row's pixels from column `from` up to `to` to a gray.
    pub(super) fn fill(&mut self, row: u32, from: u32, to: u32, gray: u8) {
        let start = row as usize * self.columns as usize;
        let to = to.min(self.columns) as usize;
        let from = (from as usize).min(to);
        self.bytes[(start + from) * self.channels..(start + to) * self.channels].fill(gray);
    }
}
