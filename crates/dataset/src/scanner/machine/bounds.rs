//! What keeps a hostile data set within its bounds.

use super::{Machine, OPEN_END, UNDEFINED};
use crate::DatasetError;

/// The memory that an element costs besides its value.
const ELEMENT_COST: u64 = 48;

impl Machine {
    /// Where a value of `length` that begins here ends.
    pub(super) fn end_of(&self, length: u32) -> Result<u64, DatasetError> {
        if length == UNDEFINED {
            return Ok(OPEN_END);
        }
        let end = self.position + u64::from(length);
        if end > self.containers.bound() {
            return Err(self.malformed("is longer than its item or sequence"));
        }
        Ok(end)
    }

    pub(super) fn count(&mut self) -> Result<(), DatasetError> {
        self.elements += 1;
        if self.elements > self.limits.elements {
            return Err(self.limit("elements", self.limits.elements.into()));
        }
        self.charge(ELEMENT_COST)
    }

    pub(super) fn charge(&mut self, bytes: u64) -> Result<(), DatasetError> {
        self.kept += bytes;
        if self.kept > self.limits.header_bytes {
            return Err(self.limit("bytes of header", self.limits.header_bytes));
        }
        Ok(())
    }

    pub(super) fn malformed(&self, reason: &'static str) -> DatasetError {
        let (tag, offset) = self.current;
        DatasetError::Malformed {
            tag,
            offset,
            reason,
        }
    }

    pub(super) fn limit(&self, limit: &'static str, maximum: u64) -> DatasetError {
        let (tag, offset) = self.current;
        DatasetError::Limit {
            tag,
            offset,
            limit,
            maximum,
        }
    }
}
