//! Files that the binary prints and the repository keeps: they must be fresh.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};

/// Where they lie, and the command line that prints each.
const GENERATED: &[(&str, &[&str])] = &[
    ("storage-config/schema.json", &["config", "schema"]),
    ("docs/api/openapi.json", &["openapi"]),
    ("docs/conformance.md", &["conformance"]),
];

/// Writes them anew.
pub(crate) fn write(root: &Path) -> Result<Vec<String>> {
    let yingyun = build(root)?;
    for (path, arguments) in GENERATED {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, print(&yingyun, arguments)?)
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(Vec::new())
}

/// Those that are stale.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let yingyun = build(root)?;
    let mut faults = Vec::new();
    for (path, arguments) in GENERATED {
        let kept = fs::read_to_string(root.join(path)).unwrap_or_default();
        if kept != print(&yingyun, arguments)? {
            faults.push(format!("{path} is stale: run `cargo xtask generated`"));
        }
    }
    Ok(faults)
}

/// Builds what the tests build anyway, so that dependencies are built once, with one set of features.
fn build(root: &Path) -> Result<PathBuf> {
    let built = testkit::process::cargo()
        .args(["build", "--quiet", "--workspace", "--bins", "--tests"])
        .current_dir(root)
        .status()
        .context("cargo cannot be run")?;
    ensure!(built.success(), "the workspace does not build");
    Ok(std::env::current_exe()?.with_file_name("yingyun"))
}

fn print(yingyun: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(yingyun)
        .args(arguments)
        .output()
        .with_context(|| format!("{} cannot be run", yingyun.display()))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("yingyun {}: {said}", arguments.join(" "));
    }
    Ok(String::from_utf8(output.stdout)?)
}
