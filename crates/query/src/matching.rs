//! From the text of a matching key to how it matches (PS3.4 §C.2.2.2).

use dataset::VR;
use model::search::Matching;

/// Why a text is no matching key of its value representation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no matching key of value representation {vr}")]
pub struct InvalidMatching {
    text: String,
    vr: &'static str,
}

/// Reads the text of a key of value representation `vr`; none is universal matching (empty, or
/// nothing but `*`).
pub fn matching(_vr: VR, _text: &str) -> Result<Option<Matching>, InvalidMatching> {
    unimplemented!()
}
