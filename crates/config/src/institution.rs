//! `[institution]`: whose archive it is.

use model::InstitutionId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whose archive it is.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Institution {
    /// First part of every key: 1–64 of `a-z 0-9 - _`. Choose it before the first object comes in.
    #[schemars(with = "String")]
    pub id: InstitutionId,
    /// Issuer of Patient ID of objects that name none (0010,0021); empty: the institution's id.
    pub issuer: String,
}

impl Default for Institution {
    fn default() -> Self {
        Self {
            id: InstitutionId::new("local").expect("a constant id is valid"),
            issuer: String::new(),
        }
    }
}

impl Institution {
    /// The issuer of patient ids that come without one.
    pub fn default_issuer(&self) -> &str {
        if self.issuer.is_empty() {
            self.id.as_str()
        } else {
            &self.issuer
        }
    }
}
