//! `deny.toml` without cargo-deny: licences, banned crates and sources.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::{licence, metadata::Package};

/// Packages that `deny.toml` does not let in.
pub(crate) fn faults(root: &Path, packages: &[Package]) -> Result<Vec<String>> {
    let rules: Table = toml::from_str(
        &fs::read_to_string(root.join("deny.toml")).context("deny.toml cannot be read")?,
    )?;
    let allowed = texts(&rules, "licenses", "allow", |value| value.as_str());
    let banned = texts(&rules, "bans", "deny", |value| value.get("crate")?.as_str());
    let mut faults = Vec::new();
    for package in packages {
        let Package { name, version, .. } = package;
        match &package.licence {
            Some(expression) if licence::is_met(expression, &allowed) => {}
            Some(expression) => {
                faults.push(format!(
                    "{name} {version}: licence {expression} is not in deny.toml"
                ));
            }
            None => faults.push(format!("{name} {version}: it names no licence")),
        }
        if banned.contains(name) {
            faults.push(format!("{name} {version}: deny.toml bans it"));
        }
        if !package.is_registered {
            faults.push(format!("{name} {version}: it does not come from crates.io"));
        }
    }
    Ok(faults)
}

fn texts(
    rules: &Table,
    section: &str,
    key: &str,
    text: impl Fn(&Value) -> Option<&str>,
) -> Vec<String> {
    let list = rules
        .get(section)
        .and_then(|s| s.get(key))
        .and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(|v| text(v).map(str::to_owned))
        .collect()
}
