//! Why a frame was not decoded or rendered.

/// Why a frame was not decoded or rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PixelError {
    /// The header's description of the pixels is not complete or contradicts itself.
    #[error("the image's description is not usable: {0}")]
    Description(String),
    /// What would be needed is not built.
    #[error("{0}")]
    Unsupported(String),
    /// The frame's bytes cannot be read as its transfer syntax says.
    #[error("{0}")]
    Damaged(String),
    /// The frame is larger than the limits allow.
    #[error("the frame is too large: {0}")]
    TooLarge(String),
}

impl PixelError {
    pub(crate) fn damaged(reason: impl Into<String>) -> Self {
        Self::Damaged(reason.into())
    }

    pub(crate) fn unsupported(reason: impl Into<String>) -> Self {
        Self::Unsupported(reason.into())
    }
}

/// `Damaged` for `reason` unless `condition` holds.
pub(crate) fn ensure(condition: bool, reason: &str) -> Result<(), PixelError> {
    if condition {
        Ok(())
    } else {
        Err(PixelError::damaged(reason))
    }
}
