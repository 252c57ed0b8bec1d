//! Files that the binary prints and the repository keeps: they must be fresh.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};

/// Where they lie, and the command line that prints each.
const GENERATED: &[(&str, &[&str])] = &[
    ("storage-config/schema.json", &["config", "schema"]),
    ("docs/api/openapi.json", &["openapi"]),
];

/// Writes them anew.
pub(crate) fn write(root: &Path) -> Result<Vec<String>> {
    for (path, arguments) in GENERATED {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, print(root, arguments)?)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(Vec::new())
}

/// Those that are stale.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for (path, arguments) in GENERATED {
        let kept = fs::read_to_string(root.join(path)).unwrap_or_default();
        if kept != print(root, arguments)? {
            faults.push(format!("{path} is stale: run `cargo xtask generated`"));
        }
    }
    Ok(faults)
}

fn print(root: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
        .args(["run", "--quiet", "--bin", "yingyun", "--"])
        .args(arguments)
        .current_dir(root)
        .output()
        .context("cargo run cannot be run")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("yingyun {}: {said}", arguments.join(" "));
    }
    Ok(String::from_utf8(output.stdout)?)
}
