//! `pixels`: a line of CSV a file, its path and the SHA-256 of its decoded samples.

use std::{
    fs,
    io::{BufWriter, Write},
    panic,
    path::{Path, PathBuf},
    process::ExitCode,
};

use pixel::{Limits, Object};

use crate::cli::Pixels;

pub(crate) fn run(pixels: &Pixels) -> anyhow::Result<ExitCode> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut waiting: Vec<PathBuf> = pixels.paths.iter().rev().cloned().collect();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path)?.map(|entry| entry.map(|entry| entry.path()));
            let mut entries: Vec<PathBuf> = entries.collect::<Result<_, _>>()?;
            entries.sort_by(|a, b| b.cmp(a));
            waiting.append(&mut entries);
            continue;
        }
        let found = match digest(&path, &limits(pixels)) {
            Ok(digest) => digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            Err(reason) => format!("error: {}", reason.replace(['\n', '\r'], " ")),
        };
        writeln!(out, "{},{}", field(&path.to_string_lossy()), field(&found))?;
        out.flush()?;
    }
    Ok(ExitCode::SUCCESS)
}

fn limits(pixels: &Pixels) -> Limits {
    Limits {
        max_frame_bytes: pixels.max_frame_bytes,
        ..Limits::default()
    }
}

/// The digest, or why there is none.
fn digest(path: &Path, limits: &Limits) -> Result<[u8; 32], String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let max_bytes = limits.max_frame_bytes.saturating_mul(4);
    let work = || Object::read(&bytes, max_bytes)?.digest(limits);
    match panic::catch_unwind(panic::AssertUnwindSafe(work)) {
        Ok(digest) => digest.map_err(|error| error.to_string()),
        Err(_) => Err("the decoder failed".into()),
    }
}

/// A field of CSV (RFC 4180): quoted where it must be.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_with_a_comma_is_quoted() {
        assert_eq!(field("plain/path.dcm"), "plain/path.dcm");
        assert_eq!(field("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}
