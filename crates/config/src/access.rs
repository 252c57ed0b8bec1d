//! `[access]`: how long what lets see another institution's holdings lasts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ConfigError, error::within};

/// How long what lets see another institution's holdings lasts.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Access {
    /// How long after its end a visit lets see, hours.
    pub encounter_hours: u32,
    /// How long an emergency lets see, hours.
    pub emergency_hours: u32,
    /// How long after it began the review of an emergency is due, hours.
    pub review_hours: u32,
}

impl Default for Access {
    fn default() -> Self {
        Self {
            encounter_hours: 24,
            emergency_hours: 4,
            review_hours: 72,
        }
    }
}

impl Access {
    pub(crate) fn validate(&self) -> Result<(), ConfigError> {
        within(
            "access.encounter_hours",
            self.encounter_hours.into(),
            0..=8760,
        )?;
        within(
            "access.emergency_hours",
            self.emergency_hours.into(),
            1..=72,
        )?;
        within("access.review_hours", self.review_hours.into(), 1..=8760)
    }
}
