//! A push parser: bytes go in as they arrive, a [`Header`] comes out (PS3.5 §7, §A).

mod containers;
mod element_header;
mod fragments;
mod inflate;
mod machine;
mod pixels;
#[cfg(test)]
mod tests;

use model::{TransferSyntax, Uid};

use self::{inflate::Inflater, machine::Machine};
use crate::{DatasetError, Fallback, Header, Identity, Limits};

/// Reads a data set from chunks of any size, keeping only header bytes. It trusts no length,
/// does not recurse and is bounded by [`Limits`].
#[derive(Debug)]
pub struct Scanner {
    transfer_syntax: TransferSyntax,
    machine: Machine,
    inflater: Option<Box<Inflater>>,
    fallback: Fallback,
    received: u64,
}

impl Scanner {
    /// A scanner of a data set in `transfer_syntax`; a deflated one is inflated inside.
    pub fn new(transfer_syntax: &TransferSyntax, limits: Limits) -> Self {
        Self {
            machine: Machine::new(transfer_syntax, limits),
            inflater: transfer_syntax
                .is_deflated()
                .then(|| Box::new(Inflater::new(limits.inflated_bytes))),
            transfer_syntax: transfer_syntax.clone(),
            fallback: Fallback::default(),
            received: 0,
        }
    }

    /// How text is read that no Specific Character Set declares.
    #[must_use]
    pub fn with_fallback(mut self, fallback: Fallback) -> Self {
        self.fallback = fallback;
        self
    }

    /// Takes the next bytes of the data set. After an error nothing more can be read.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), DatasetError> {
        self.received += bytes.len() as u64;
        match &mut self.inflater {
            None => self.machine.feed(bytes),
            Some(inflater) => inflater.feed(bytes, &mut self.machine),
        }
    }

    /// SOP Class and Instance UID, as soon as both were read at top level and are valid.
    pub fn named(&self) -> Option<(Uid, Uid)> {
        let [sop_class, sop, ..] = &self.machine.identity;
        sop_class.clone().zip(sop.clone())
    }

    /// The identity, as soon as its four UIDs were read at top level and are valid.
    pub fn identity(&self) -> Option<Identity> {
        let [sop_class, sop, study, series] = &self.machine.identity;
        Some(Identity {
            sop_class: sop_class.clone()?,
            sop: sop.clone()?,
            study: study.clone()?,
            series: series.clone()?,
        })
    }

    /// Ends the data set; fails where it is cut short.
    pub fn finish(self) -> Result<Header, DatasetError> {
        if let Some(inflater) = &self.inflater {
            inflater.finish()?;
        }
        let inflated_length = match &self.inflater {
            None => self.received,
            Some(inflater) => inflater.inflated(),
        };
        let (elements, pixels) = self.machine.finish()?;
        let mut header = Header::new(elements, self.transfer_syntax).with_fallback(self.fallback);
        header.length = self.received;
        header.inflated_length = inflated_length;
        header.pixel_data = pixels.map(|found| found.resolve(&header));
        Ok(header)
    }
}
