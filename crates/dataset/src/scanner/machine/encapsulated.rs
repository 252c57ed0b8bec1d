//! Runs of fragments, where the machine is in one (PS3.5 §A.4).

use dicom_core::VR;

use super::{ElementHeader, FragmentRun, ITEM, Machine, PIXEL_DATA, State, Step};
use crate::DatasetError;

impl Machine {
    /// An item of encapsulated pixel data (PS3.5 §A.4).
    pub(super) fn fragment(
        &mut self,
        header: &ElementHeader,
        begin: &[u8],
    ) -> Result<(), DatasetError> {
        let Some(mut run) = self.fragments.take() else {
            return Ok(());
        };
        match run.item(header, self.position, begin, &self.limits) {
            Step::TooMany => return Err(self.limit("fragments", self.limits.fragments.into())),
            Step::NotAnItem => {
                return Err(self.malformed("stands where a fragment is expected"));
            }
            Step::Keep(length) => {
                self.charge(length.into())?;
                self.state = State::Value {
                    tag: ITEM,
                    vr: VR::OB,
                    left: length as usize,
                    bytes: Vec::new(),
                };
                self.fragments = Some(run);
            }
            Step::Skip(length) => {
                let end = self.end_of(length)?;
                self.state = State::Skip {
                    left: end - self.position,
                };
                self.fragments = Some(run);
                if length == 0 {
                    self.settle();
                }
            }
            Step::End => self.end_fragments(run),
        }
        Ok(())
    }

    pub(super) fn end_fragments(&mut self, run: FragmentRun) {
        let (element, pixels) = run.end(self.position);
        self.pixels = pixels.or(self.pixels.take());
        self.containers.push(element);
        self.settle();
    }

    /// The first bytes of the values that are judged by them, fragments (two) and pixel data that
    /// should be encapsulated (four); none: `view` is too short. Nothing of other values.
    pub(super) fn look_ahead<'v>(
        &self,
        view: &'v [u8],
        header: &ElementHeader,
    ) -> Option<&'v [u8]> {
        let wanted = match header.tag {
            ITEM if self.fragments.is_some() => 2,
            PIXEL_DATA if !self.native => 4,
            _ => 0,
        };
        let wanted = usize::try_from(header.length).map_or(wanted, |length| wanted.min(length));
        view.get(header.size..header.size + wanted)
    }
}
