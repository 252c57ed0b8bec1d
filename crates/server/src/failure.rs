//! How the process ends when something is wrong: one line, and an exit code.
//!
//! 0: done. 1: the work failed, or found damage. 2: configuration, port or database: nothing was
//! begun.

use std::process::ExitCode;

use config::ConfigError;

/// Nothing can begin: the line names what is wrong and the mend.
#[derive(Debug)]
pub(crate) struct SetupError(pub(crate) String);

impl std::fmt::Display for SetupError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SetupError {}

/// A setup error with the cause's whole chain after it.
pub(crate) fn setup(what: impl Into<String>, cause: impl Into<anyhow::Error>) -> anyhow::Error {
    SetupError(format!("{}: {}", what.into(), one_line(&cause.into()))).into()
}

/// An error and its causes on one line.
pub(crate) fn one_line(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause
            .to_string()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        // Many errors repeat their source; said once is enough.
        if !parts.last().is_some_and(|last| last.contains(&text)) {
            parts.push(text);
        }
    }
    parts.join(": ")
}

/// The exit code that an error calls for.
pub(crate) fn exit_code(error: &anyhow::Error) -> ExitCode {
    if error.is::<SetupError>() || error.is::<ConfigError>() {
        ExitCode::from(2)
    } else {
        ExitCode::FAILURE
    }
}
