//! Peers written in Python: pydicom, pynetdicom, dicomweb-client, from the project's virtual
//! environment (`make deps`).

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Result, bail};

use crate::process::{Finished, run_command};

/// The project's folder.
pub fn project() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own).to_path_buf()
}

/// The interpreter of `.venv`, or the one that `YINGYUN_PYTHON` names.
pub fn interpreter() -> Result<PathBuf> {
    let path = match std::env::var_os("YINGYUN_PYTHON") {
        Some(path) => path.into(),
        None => project().join(".venv/bin/python"),
    };
    if !path.exists() {
        bail!("{} is missing: `make deps` makes it", path.display());
    }
    Ok(path)
}

/// The folder of an installed package, for the sample files that it ships.
pub fn package_folder(package: &str) -> Result<String> {
    let mut command = Command::new(interpreter()?);
    let text = format!("import os, {package}; print(os.path.dirname({package}.__file__))");
    command.args(["-c", &text]);
    let finished = run_command(command, Duration::from_secs(30))?.successful()?;
    Ok(finished.stdout.trim().to_owned())
}

/// Runs a script of `tests/system/python`.
pub fn run<I, S>(script: &str, arguments: I, limit: Duration) -> Result<Finished>
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let mut command = Command::new(interpreter()?);
    command
        .arg(project().join("tests/system/python").join(script))
        .args(arguments);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    run_command(command, limit)
}
