//! The limits and defaults of the way in.

use std::collections::BTreeMap;

use model::InstitutionId;

/// Limits and defaults; see docs/operations.md.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Issuer of Patient ID for data sets without one, by institution; of another it is the institution's id.
    pub issuers: BTreeMap<InstitutionId, String>,
    /// What the data set scanner may hold.
    pub scanner: dataset::Limits,
    /// The longest object taken, bytes.
    pub object_bytes: u64,
    /// Free bytes, on the disk of the archive and of the index, below which new objects are refused,
    /// so that the index can still be written.
    pub disk_watermark_bytes: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            issuers: BTreeMap::new(),
            scanner: dataset::Limits::default(),
            object_bytes: 64 << 30,
            disk_watermark_bytes: 1 << 30,
        }
    }
}

impl Settings {
    /// Issuer of Patient ID for data sets of `institution` without one.
    pub(crate) fn issuer(&self, institution: &InstitutionId) -> String {
        let known = self.issuers.get(institution);
        known.map_or_else(|| institution.to_string(), String::clone)
    }
}
