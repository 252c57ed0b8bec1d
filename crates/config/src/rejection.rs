//! `[rejection]`: how long rejected instances are kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigError, error::within};

/// How long what was rejected (IHE IOCM) is kept before `yingyun rejected remove` takes it, days.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rejection {
    /// 113001: for quality reasons.
    pub quality_days: u32,
    /// 113037: for patient safety reasons.
    pub patient_safety_days: u32,
    /// 113038: incorrect modality worklist entry.
    pub worklist_entry_days: u32,
    /// 113039: data retention policy expired.
    pub retention_expired_days: u32,
}

impl Default for Rejection {
    fn default() -> Self {
        Self {
            quality_days: 365,
            patient_safety_days: 365,
            worklist_entry_days: 90,
            retention_expired_days: 30,
        }
    }
}

impl Rejection {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        for (key, days) in [
            ("rejection.quality_days", self.quality_days),
            ("rejection.patient_safety_days", self.patient_safety_days),
            ("rejection.worklist_entry_days", self.worklist_entry_days),
            (
                "rejection.retention_expired_days",
                self.retention_expired_days,
            ),
        ] {
            within(key, days.into(), 0..=36_500)?;
        }
        Ok(())
    }
}
