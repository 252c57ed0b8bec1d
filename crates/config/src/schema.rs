//! The JSON schema of the configuration, for editors and for `storage-config/schema.json`.

use crate::Config;

/// The JSON schema of [`Config`], pretty printed, with a line break at its end.
pub fn schema() -> String {
    let schema = schemars::schema_for!(Config);
    let mut text =
        serde_json::to_string_pretty(&schema).expect("a schema has only keys that are text");
    text.push('\n');
    text
}
