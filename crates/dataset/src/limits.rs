//! What a data set may cost while it is read (ARCHITECTURE.md, invariant 6).

/// Bounds of one [`crate::Scanner`]; what passes them is refused with
/// [`crate::DatasetError::Limit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of values and bookkeeping kept in memory.
    pub header_bytes: u64,
    /// The longest binary value that is kept; a longer one becomes [`crate::Value::Bulk`].
    pub inline_value: u32,
    /// The longest text value that is kept; a longer one becomes [`crate::Value::Bulk`].
    pub inline_text: u32,
    /// How deep sequences may nest.
    pub depth: u16,
    /// Elements and items altogether.
    pub elements: u32,
    /// Fragments of encapsulated pixel data.
    pub fragments: u32,
    /// Bytes that a deflated data set may inflate to.
    pub inflated_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_bytes: 64 << 20,
            inline_value: 16 << 10,
            inline_text: 1 << 20,
            depth: 64,
            elements: 1_000_000,
            fragments: 4_000_000,
            inflated_bytes: 4 << 30,
        }
    }
}
