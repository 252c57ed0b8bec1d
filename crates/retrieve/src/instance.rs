//! An instance that may be retrieved.

use std::sync::Arc;

use database::InstanceRow;
use model::{InstanceKey, TransferSyntax, Uid};

use crate::{scan::Pixels, states};

/// An instance that may be retrieved: the version that the index shows.
#[derive(Clone, Debug)]
pub struct Instance {
    pub(crate) row: Arc<InstanceRow>,
}

impl Instance {
    /// An instance of a row of the index.
    pub fn new(row: InstanceRow) -> Self {
        Self { row: Arc::new(row) }
    }

    /// Its key.
    pub fn key(&self) -> &InstanceKey {
        &self.row.object.instance
    }

    /// Its SOP class.
    pub fn sop_class(&self) -> &Uid {
        &self.row.sop_class
    }

    /// The transfer syntax it is stored in.
    pub fn transfer_syntax(&self) -> &TransferSyntax {
        &self.row.transfer_syntax
    }

    /// How many frames its pixel data has; 0 without pixel data.
    pub fn frame_count(&self) -> u32 {
        self.row.frame_count
    }

    /// Whether it is a presentation state that can be applied: a grayscale softcopy one.
    pub fn is_presentation_state(&self) -> bool {
        self.row.sop_class.as_str() == states::GRAYSCALE
    }

    /// Whether its pixel data are compressed or in fragments.
    pub fn is_encapsulated(&self) -> bool {
        let pixels = Pixels::of(&self.row).ok().flatten();
        pixels.is_some_and(|pixels| pixels.is_encapsulated())
    }

    /// Bytes of the data set as stored.
    pub fn length(&self) -> u64 {
        self.row
            .length
            .saturating_sub(self.row.dataset_offset.into())
    }

    /// Names the stored bytes: equal tags, equal bytes.
    pub fn entity_tag(&self) -> String {
        self.row.object.ulid.to_string()
    }

    /// Its row of the index.
    pub fn row(&self) -> &InstanceRow {
        &self.row
    }
}
