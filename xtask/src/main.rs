//! Chores of the workspace that need code: `cargo xtask tidy` and `cargo xtask generated [--check]`.

mod dependencies;
mod generated;
mod layers;
mod licence;
mod metadata;
mod sources;

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments[..] {
        ["tidy"] => tidy(),
        ["generated"] => root().and_then(|root| generated::write(&root)),
        ["generated", "--check"] => root().and_then(|root| generated::check(&root)),
        _ => {
            eprintln!("usage: cargo xtask tidy | generated [--check]");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(faults) if faults.is_empty() => ExitCode::SUCCESS,
        Ok(faults) => {
            for fault in &faults {
                eprintln!("{fault}");
            }
            eprintln!("{} faults", faults.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// What the compiler does not hold: layers, owners of technologies, licences, module headers,
/// lengths of files.
fn tidy() -> Result<Vec<String>> {
    let root = root()?;
    let metadata = metadata::read(&root)?;
    let mut faults = layers::faults(&metadata)?;
    faults.extend(dependencies::faults(&root, &metadata)?);
    faults.extend(sources::faults(&root)?);
    Ok(faults)
}

fn root() -> Result<PathBuf> {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.parent()
        .map(PathBuf::from)
        .context("xtask lies in the workspace")
}
