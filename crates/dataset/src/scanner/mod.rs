//! A push parser: bytes go in as they arrive, a [`Header`] comes out (PS3.5 §7, §A).

use model::TransferSyntax;

use crate::{DatasetError, Fallback, Header, Identity, Limits};

/// Reads a data set from chunks of any size, keeping only header bytes. It trusts no length,
/// does not recurse and is bounded by [`Limits`].
#[derive(Debug)]
pub struct Scanner {}

impl Scanner {
    /// A scanner of a data set in `transfer_syntax`; a deflated one is inflated inside.
    pub fn new(_transfer_syntax: &TransferSyntax, _limits: Limits) -> Self {
        unimplemented!()
    }

    /// How text is read that no Specific Character Set declares.
    pub fn with_fallback(self, _fallback: Fallback) -> Self {
        unimplemented!()
    }

    /// Takes the next bytes of the data set.
    pub fn feed(&mut self, _bytes: &[u8]) -> Result<(), DatasetError> {
        unimplemented!()
    }

    /// The identity, as soon as its four UIDs were read at top level and are valid.
    pub fn identity(&self) -> Option<Identity> {
        unimplemented!()
    }

    /// Ends the data set; fails where it is cut short.
    pub fn finish(self) -> Result<Header, DatasetError> {
        unimplemented!()
    }
}
