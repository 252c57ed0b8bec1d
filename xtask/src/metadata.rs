//! What `cargo metadata` says of the workspace and of all that it builds on.

use std::{collections::HashSet, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// A package of the dependency graph.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) licence: Option<String>,
    /// Whether it is one of ours.
    pub(crate) is_member: bool,
    /// Whether it comes from crates.io, or is one of ours.
    pub(crate) is_registered: bool,
    pub(crate) dependencies: Vec<Dependency>,
}

/// A dependency as a manifest declares it.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Only for tests and benches.
    pub(crate) is_dev: bool,
}

/// All packages that are built for this machine.
pub(crate) fn read(root: &Path) -> Result<Vec<Package>> {
    let output = testkit::process::cargo()
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root)
        .output()
        .context("cargo metadata cannot be run")?;
    if !output.status.success() {
        bail!(
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let members: HashSet<&str> = list(&metadata, "workspace_members")
        .filter_map(Value::as_str)
        .collect();
    list(&metadata, "packages")
        .map(|package| read_package(package, &members))
        .collect()
}

fn read_package(package: &Value, members: &HashSet<&str>) -> Result<Package> {
    let text = |key: &str| package[key].as_str().map(str::to_owned);
    let is_member = members.contains(package["id"].as_str().unwrap_or_default());
    Ok(Package {
        name: text("name").context("a package has a name")?,
        version: text("version").context("a package has a version")?,
        licence: text("license"),
        is_member,
        is_registered: is_member
            || text("source").is_some_and(|s| s.contains("github.com/rust-lang/crates.io-index")),
        dependencies: list(package, "dependencies")
            .map(|dependency| Dependency {
                name: dependency["name"].as_str().unwrap_or_default().to_owned(),
                is_dev: dependency["kind"] == "dev",
            })
            .collect(),
    })
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value[key].as_array().into_iter().flatten()
}
